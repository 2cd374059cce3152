import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { request } from './request.ts';

const answers: Record<string, { status: number; body: string; headers?: Record<string, string> }> = {
  '/fine': { status: 200, body: '{"name":"Ana"}' },
  '/other-shape': { status: 200, body: '{"name":7}' },
  '/portal': { status: 200, body: '<html>Please log in to the Wi-Fi</html>' },
  '/portal-redirect': { status: 302, body: '', headers: { location: 'http://portal.example/' } },
  '/portal-401': { status: 401, body: '<html>Please log in to the proxy</html>' },
  '/limited-by-a-proxy': { status: 429, body: '<html>' },
  '/other-address': { status: 403, body: '{"error":{"code":"forbidden","message":"…","path":"origin"}}' },
  '/empty': { status: 200, body: '' },
  '/account': { status: 401, body: '{"code":"INVALID_EMAIL_OR_PASSWORD","message":"…"}' },
  '/contract': { status: 403, body: '{"error":{"code":"forbidden","message":"…"}}' },
  '/limited': { status: 429, body: '', headers: { 'retry-after': '7' } },
  '/limited-some-time': { status: 429, body: '{}' },
  '/broken': { status: 502, body: '<html>' },
};

let server: Server;
let origin = '';

beforeAll(async () => {
  server = createServer((incoming, response) => {
    const answer = answers[incoming.url ?? ''];
    if (answer === undefined) return void incoming.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const Named = v.object({ name: v.string() });

test.each([
  ['/fine', { ok: true, value: { name: 'Ana' } }],
  ['/other-shape', { ok: false, failure: { kind: 'server' } }],
  ['/portal', { ok: false, failure: { kind: 'obstacle', obstacle: 'page' } }],
  ['/portal-redirect', { ok: false, failure: { kind: 'obstacle', obstacle: 'page' } }],
  ['/portal-401', { ok: false, failure: { kind: 'obstacle', obstacle: 'page' } }],
  ['/limited-by-a-proxy', { ok: false, failure: { kind: 'rate-limited' } }],
  ['/other-address', { ok: false, failure: { kind: 'obstacle', obstacle: 'address' } }],
  ['/empty', { ok: false, failure: { kind: 'server' } }],
  ['/account', { ok: false, failure: { kind: 'refused', status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' } }],
  ['/contract', { ok: false, failure: { kind: 'refused', status: 403, code: 'forbidden' } }],
  ['/limited', { ok: false, failure: { kind: 'rate-limited', retryAfterMs: 7000 } }],
  ['/limited-some-time', { ok: false, failure: { kind: 'rate-limited' } }],
  ['/broken', { ok: false, failure: { kind: 'obstacle', obstacle: 'gateway' } }],
  ['/cut', { ok: false, failure: { kind: 'offline' } }],
])('[ER1] the answer of %s becomes a value; nothing is thrown', async (path, expected) => {
  expect(await request(`${origin}${path}`, Named)).toEqual(expected);
});

test('an aborted request counts as unanswered', async () => {
  const abort = new AbortController();
  abort.abort();
  expect(await request(`${origin}/fine`, Named, { signal: abort.signal })).toEqual({
    ok: false,
    failure: { kind: 'offline' },
  });
});

test('a request waits as long as its answer keeps arriving, and gives up when nothing arrives for a while', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  /** A next piece is asked for once the one before it has been noted. Each takes so long; without one, nothing more arrives. */
  const answerOf = (pieces: readonly string[], eachMs: number) => {
    const left = [...pieces];
    vi.stubGlobal('fetch', async (_path: string, { signal }: { signal: AbortSignal }) => {
      const pull = (stream: ReadableStreamDefaultController<Uint8Array>) => {
        vi.advanceTimersByTime(eachMs);
        const piece = left.shift();
        if (signal.aborted) stream.error(signal.reason);
        else if (piece === undefined) stream.close();
        else stream.enqueue(new TextEncoder().encode(piece));
      };
      return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }));
    });
    return request('/slow', Named);
  };
  const pieces = ['{"name":', '"A', 'n', 'a"', '}'];
  expect(await answerOf(pieces, 14_000)).toEqual({ ok: true, value: { name: 'Ana' } });
  expect(await answerOf(pieces, 16_000)).toEqual({ ok: false, failure: { kind: 'silent' } });
});
