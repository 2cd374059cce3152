import { createServer, type Server, type ServerResponse } from 'node:http';
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
let slow: (response: ServerResponse) => void;
let origin = '';

beforeAll(async () => {
  server = createServer((incoming, response) => {
    if (incoming.url === '/slow') return slow(response);
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

test('an answer that goes on arriving is waited for, however long it takes; one that stops is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  // Each piece is sent once the one before it has been noted: noting it starts the timer again.
  const sent: string[] = [];
  const started = vi.spyOn(globalThis, 'setTimeout');
  // In this order: otherwise the spy, whenever it is removed, leaves the fake timer to the files that run in this process.
  onTestFinished(() => {
    started.mockRestore();
    vi.useRealTimers();
  });
  const answerOf = (pieces: readonly string[], isWhole: boolean) => {
    slow = (response) => {
      void (async () => {
        for (const piece of pieces) {
          const before = started.mock.calls.length;
          response.write(piece);
          sent.push(piece);
          await vi.waitUntil(() => started.mock.calls.length > before);
          vi.advanceTimersByTime(14_000);
        }
        if (isWhole) response.end();
        else vi.advanceTimersByTime(2_000);
      })();
    };
    return request(`${origin}/slow`, Named);
  };
  expect(await answerOf(['{"name":', '"A', 'n', 'a"', '}'], true)).toEqual({ ok: true, value: { name: 'Ana' } });
  expect(sent).toHaveLength(5);
  expect(await answerOf(['{"name":'], false)).toEqual({ ok: false, failure: { kind: 'offline', hasTimedOut: true } });
});
