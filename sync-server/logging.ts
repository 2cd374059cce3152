import type { FastifyServerOptions } from 'fastify';

/** Takes facts first, then a fixed sentence. Neither may hold anything personal. [SEC-52] */
export interface Log {
  debug(facts: object, sentence: string): void;
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}

export interface SafeError {
  type: string;
  code?: string | number;
  at: string[];
}

/**
 * An error without its message, because messages quote what failed, which may be a person's address (a duplicate key) or
 * text (a JSON error). Name, code and stack frames tell where to look.
 */
export function safeError(error: unknown): SafeError {
  // An error that was made safe where it was caught comes here again from the logger.
  if (typeof error === 'object' && error !== null && safeErrors.has(error)) return error as SafeError;
  const safe = withoutMessage(error);
  safeErrors.add(safe);
  return safe;
}

const safeErrors = new WeakSet<object>();

function withoutMessage(error: unknown): SafeError {
  if (!(error instanceof Error)) return { type: typeof error, at: [] };
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : null;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { type: error.name, ...(code === null ? {} : { code }), at: frames.slice(0, 8).map((line) => line.trim()) };
}

/** The number of logged lines of the two kinds that an operator looks for. */
export interface LogCounts {
  /** Called with pino's number of each line's level. */
  note(level: number): void;
  read(): { errors: number; warnings: number };
}

export function createLogCounts(): LogCounts {
  let [errors, warnings] = [0, 0];
  return {
    note(level) {
      if (level >= 50) errors += 1;
      else if (level >= 40) warnings += 1;
    },
    read: () => ({ errors, warnings }),
  };
}

/**
 * pino's settings. Requests are logged by http/request-log, because Fastify's own lines hold the URL with its query and
 * the client's address.
 */
export function loggerOptions(
  level: string,
  counts: Pick<LogCounts, 'note'> = createLogCounts(),
): NonNullable<FastifyServerOptions['logger']> {
  return {
    hooks: {
      logMethod(line, log, number) {
        counts.note(number);
        log.apply(this, line);
      },
    },
    level,
    base: null,
    serializers: {
      err: safeError as never,
      error: safeError as never,
      req: (request: { id: string; method: string }) => ({ id: request.id, method: request.method }),
      res: (reply: { statusCode: number }) => ({ statusCode: reply.statusCode }),
    },
  };
}
