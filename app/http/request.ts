import * as v from 'valibot';
import { obstacleOf, type Obstacle } from '#app/sync/obstacle.ts';

/** The outcome of a request. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: HttpProblem };

export type HttpProblem =
  /** The connection failed, or ended before the whole answer had arrived. */
  | { kind: 'offline' }
  /** Nothing arrived within the time limit, so there may well be a network. */
  | { kind: 'silent' }
  | { kind: 'rate-limited'; retryAfterMs?: number }
  | { kind: 'server' }
  /** Something else answered, or the server is configured for another address. */
  | { kind: 'obstacle'; obstacle: Obstacle }
  /** The server refused the request, with a code if it gave one. */
  | { kind: 'refused'; status: number; code?: string };

/** A request is given up when nothing has arrived for this long. An answer that keeps arriving may take any time. */
const SILENT_MS = 15_000;

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

/** Sends one request to our own server and parses the answer by `schema`. Never throws because of the network or the server. */
export async function request<S extends v.GenericSchema>(
  path: string,
  schema: S,
  { method = 'GET', body, signal }: RequestOptions = {},
): Promise<Outcome<v.InferOutput<S>>> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const noteProgress = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENT_MS);
  };
  noteProgress();
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'manual',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
    });
    answer = await readJson(response, noteProgress);
  } catch {
    // fetch rejects for an unreachable server, an abort or a truncated answer: in each case no answer arrived.
    return { ok: false, failure: { kind: silence.signal.aborted ? 'silent' : 'offline' } };
  } finally {
    clearTimeout(timer);
  }
  const obstacle = response.status === 429 ? undefined : obstacleOf(response, answer);
  if (obstacle !== undefined) return { ok: false, failure: { kind: 'obstacle', obstacle } };
  if (!response.ok) return { ok: false, failure: problemOf(response, answer) };
  const parsed = v.safeParse(schema, answer);
  return parsed.success ? { ok: true, value: parsed.output } : { ok: false, failure: { kind: 'server' } };
}

async function readJson(response: Response, onProgress: () => void): Promise<unknown> {
  let text = '';
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    onProgress();
    text += decoder.decode(piece.value, { stream: true });
  }
  text += decoder.decode();
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The page of a proxy or a captive portal.
    return undefined;
  }
}

// Both forms of an error: the protocol's {error: {code}} and the account library's {code}.
const FailureCode = v.union([v.object({ error: v.object({ code: v.string() }) }), v.object({ code: v.string() })]);

function problemOf(response: Response, answer: unknown): HttpProblem {
  if (response.status === 429) {
    const seconds = Number(response.headers.get('retry-after') ?? response.headers.get('x-retry-after') ?? Number.NaN);
    return Number.isFinite(seconds) && seconds > 0
      ? { kind: 'rate-limited', retryAfterMs: seconds * 1000 }
      : { kind: 'rate-limited' };
  }
  if (response.status >= 500) return { kind: 'server' };
  const parsed = v.safeParse(FailureCode, answer);
  if (!parsed.success) return { kind: 'refused', status: response.status };
  const code = 'error' in parsed.output ? parsed.output.error.code : parsed.output.code;
  return { kind: 'refused', status: response.status, code };
}
