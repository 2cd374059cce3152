import type { FastifyServerOptions } from 'fastify';

/** What the parts may log with: facts first, then a fixed sentence. Neither may hold anything personal. [SEC-52] */
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
 * An error without its message: messages quote what failed, and that may be somebody's address (a duplicate key) or
 * text (a JSON error). Name, code and stack frames say where to look.
 */
export function safeError(error: unknown): SafeError {
  // What was made safe where it was caught comes here again as the logger writes it.
  if (typeof error === 'object' && error !== null && made.has(error)) return error as SafeError;
  const safe = madeSafe(error);
  made.add(safe);
  return safe;
}

const made = new WeakSet<object>();

function madeSafe(error: unknown): SafeError {
  if (!(error instanceof Error)) return { type: typeof error, at: [] };
  const code =
    'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? error.code : null;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { type: error.name, ...(code === null ? {} : { code }), at: frames.slice(0, 8).map((line) => line.trim()) };
}

/**
 * pino's settings. Requests are logged by http/request-log, by route pattern: Fastify's own lines hold the URL with
 * its query and the caller's address.
 */
export function loggerOptions(level: string): NonNullable<FastifyServerOptions['logger']> {
  return {
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
