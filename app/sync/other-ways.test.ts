import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceId, UserId } from '#protocol/ids.ts';
import { until } from './testing/fake-clock.fixture.ts';
import { serverTransport } from './server-transport.ts';
import type { Lost, Transport } from './transport.ts';

/*
 * A proxy between app and server that refuses WebSockets or lets them hang. Some proxies refuse long polling too, and some answer
 * everything themselves.
 */
type Upgrades = 'refuse' | 'hang' | 'pass';
type Answer = { status: number; body: unknown; headers?: Record<string, string> };

const device = '019ab697-e808-7804-8201-080402010804' as DeviceId;
const welcome = { protocol: 1, epoch: 'one', userId: 'ann', serverTime: '2026-11-24T12:00:00.000Z', limits: {} };
let http: HttpServer;
let io: Server;
let upgrades: Upgrades;
let allowsPolling: boolean;
/** How a verb over HTTP is answered; undefined if it is not answered. */
let answerPost: (path: string, request: IncomingMessage) => Answer | undefined;
let hanging: Duplex[];
let sockets: Socket[];
let transport: Transport;
let received: { welcomes: number; isLive: boolean; serverTime?: string | undefined; due: number; lost: Lost[] };

beforeEach(async () => {
  http = createServer((request, response) => {
    const answer = answerPost(request.url ?? '', request);
    if (answer === undefined) return void request.socket.destroy();
    respond(response, answer);
  });
  [allowsPolling, answerPost] = [true, () => undefined];
  io = new Server(http, {
    allowRequest: ({ headers }, done) => done(null, allowsPolling || headers.upgrade !== undefined),
  });
  const [pass] = http.listeners('upgrade') as ((request: IncomingMessage, socket: Duplex, head: Buffer) => void)[];
  http.removeAllListeners('upgrade');
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (upgrades === 'refuse') socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else if (upgrades === 'hang') hanging.push(socket);
    else pass?.(request, socket, head);
  });
  [hanging, sockets] = [[], []];
  io.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('push', (_request: unknown, ack: (answer: unknown) => void) => ack({ results: [] }));
    socket.emit('welcome', welcome);
  });
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  transport.close();
  for (const socket of hanging) socket.destroy();
  await io.close();
});

function respond(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}

function open(times: { headStartMs: number; backAfterMs: number; pullEveryMs?: number }): void {
  received = { welcomes: 0, isLive: true, due: 0, lost: [] };
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  transport = serverTransport(
    { userId: 'ann' as UserId, device, url, ...times },
    {
      heard: () => undefined,
      welcome({ serverTime }, isLive) {
        received.welcomes += 1;
        Object.assign(received, { isLive, serverTime });
      },
      due: () => (received.due += 1),
      changes: () => undefined,
      heads: () => undefined,
      ephemeral: () => undefined,
      lost: (why) => received.lost.push(why),
    },
  );
}
const wayOf = (socket?: Socket) => socket?.conn.transport.name;

test.each(['refuse', 'hang'] as const)('[CL9] where WebSockets %s, it polls, and nothing is lost', async (how) => {
  upgrades = how;
  open({ headStartMs: 10, backAfterMs: 3_600_000 });
  transport.connect();
  await until(() => received.welcomes === 1);
  expect(await transport.ask('push', { ops: [] })).toEqual({ results: [] });
  expect([sockets.map(wayOf), received.lost]).toEqual([['polling'], []]);
});

test('[CL9] if a WebSocket works, nothing else is tried', async () => {
  upgrades = 'pass';
  open({ headStartMs: 3_600_000, backAfterMs: 10 });
  transport.connect();
  await until(() => received.welcomes === 1);
  expect(await transport.ask('push', { ops: [] })).toEqual({ results: [] });
  expect(sockets.map(wayOf)).toEqual(['websocket']);
});

test('[CL9] WebSockets that are cut three times right after their welcome are followed by polling', async () => {
  upgrades = 'pass';
  open({ headStartMs: 3_600_000, backAfterMs: 3_600_000 });
  for (let round = 1; round <= 4; round++) {
    transport.connect();
    await until(() => received.welcomes === round);
    if (round < 4) sockets.at(-1)?.conn.close(true);
    await until(() => received.lost.length === Math.min(round, 3));
  }
  expect(sockets.map(wayOf)).toEqual(['websocket', 'websocket', 'websocket', 'polling']);
});

test('[CL9] while it polls, the WebSocket is tried again, and used when it works', async () => {
  upgrades = 'refuse';
  open({ headStartMs: 10, backAfterMs: 10 });
  transport.connect();
  await until(() => received.welcomes === 1);
  expect(wayOf(sockets[0])).toBe('polling');
  upgrades = 'pass';
  await until(() => received.welcomes === 2);
  expect(wayOf(sockets.at(-1))).toBe('websocket');
  expect(await transport.ask('push', { ops: [] })).toEqual({ results: [] });
  // The polling connection has ended, and reports nothing.
  await until(() => sockets[0]?.connected === false);
  expect(received.lost).toEqual([]);
});

describe('[CL9] if neither WebSockets nor long polling pass', () => {
  const NEVER_MS = 3_600_000;
  const nothing = { epoch: 'one', streams: [], more: false };
  const servesPosts = (path: string): Answer => ({
    status: 200,
    body: path.endsWith('pull') ? nothing : { results: [] },
  });
  beforeEach(() => {
    [upgrades, allowsPolling] = ['refuse', false];
  });

  test('the verbs over HTTP are a connection: it names its person, and says when to pull', async () => {
    const named = new Set<unknown>();
    answerPost = (path, request) => {
      named.add(request.headers['teamlink-user']);
      return servesPosts(path);
    };
    open({ headStartMs: 10, backAfterMs: NEVER_MS, pullEveryMs: 5 });
    transport.connect();
    await until(() => received.welcomes === 1 && received.due > 1);
    expect(received.isLive).toBe(false);
    expect(await transport.ask('push', { ops: [] })).toEqual({ results: [] });
    transport.emit('watch', { userIds: [] });
    expect([[...named], received.lost]).toEqual([['ann'], []]);
  });

  test('the first answer tells the server’s time, in case the device’s clock is wrong', async () => {
    const aheadMs = 5 * 3_600_000;
    const date = () => new Date(Date.now() + aheadMs).toUTCString();
    answerPost = (path) => ({ ...servesPosts(path), headers: { date: date() } });
    open({ headStartMs: 10, backAfterMs: NEVER_MS });
    transport.connect();
    await until(() => received.welcomes === 1);
    const foundMs = Date.parse(received.serverTime ?? '') - Date.now();
    expect(Math.abs(foundMs - aheadMs)).toBeLessThan(60_000);
  });

  test('a WebSocket is tried again, and used when it works', async () => {
    answerPost = servesPosts;
    open({ headStartMs: 10, backAfterMs: 10 });
    transport.connect();
    await until(() => received.welcomes === 1);
    upgrades = 'pass';
    await until(() => received.welcomes === 2);
    expect([received.isLive, sockets.map(wayOf), received.lost]).toEqual([true, ['websocket'], []]);
  });

  test('a request without an answer ends the connection, once', async () => {
    answerPost = servesPosts;
    open({ headStartMs: 10, backAfterMs: NEVER_MS });
    transport.connect();
    await until(() => received.welcomes === 1);
    answerPost = () => undefined;
    const asked = [transport.ask('push', { ops: [] }), transport.ask('pull', { cursors: {} })];
    expect(await Promise.all(asked)).toEqual([undefined, undefined]);
    expect(received.lost).toEqual([{ kind: 'lost' }]);
  });

  test.each<[string, Answer, Lost]>([
    ['no session', { status: 401, body: { error: { code: 'unauthorized', message: '' } } }, refusedBy('unauthorized')],
    ['a page', { status: 200, body: '<html>' }, { kind: 'lost', obstacle: 'page' }],
    ['a page for the signed-out', { status: 401, body: '<html>' }, { kind: 'lost', obstacle: 'page' }],
    [
      'a redirect',
      { status: 302, body: '', headers: { location: 'http://a.example/' } },
      { kind: 'lost', obstacle: 'page' },
    ],
    ['a gateway', { status: 502, body: '<html>' }, { kind: 'lost', obstacle: 'gateway' }],
    ['another shape', { status: 200, body: { epoch: 1 } }, { kind: 'lost' }],
  ])('%s is reported as what it is', async (_name, answer, lost) => {
    answerPost = () => answer;
    open({ headStartMs: 10, backAfterMs: NEVER_MS });
    transport.connect();
    await until(() => received.lost.length > 0);
    expect(received).toMatchObject({ welcomes: 0, lost: [lost] });
  });
});

function refusedBy(code: 'unauthorized'): Lost {
  return { kind: 'refused', error: { code } };
}
