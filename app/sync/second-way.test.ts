import { createServer, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeviceId } from '#protocol/ids.ts';
import { until } from './testing/fake-clock.fixture.ts';
import { socketTransport } from './socket-transport.ts';
import type { Lost, Transport } from './transport.ts';

/*
 * What stands between app and server and does not like WebSockets: it refuses them or lets them hang. All other requests
 * pass.
 */
type Upgrades = 'refuse' | 'hang' | 'pass';

const device = '019ab697-e808-7804-8201-080402010804' as DeviceId;
const welcome = { protocol: 1, epoch: 'one', userId: 'ann', serverTime: '2026-11-24T12:00:00.000Z', limits: {} };
let http: HttpServer;
let io: Server;
let upgrades: Upgrades;
let hanging: Duplex[];
let sockets: Socket[];
let transport: Transport;
let received: { welcomes: number; lost: Lost[] };

beforeEach(async () => {
  http = createServer();
  io = new Server(http);
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

function open(times: { headStartMs: number; backAfterMs: number }): void {
  received = { welcomes: 0, lost: [] };
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  transport = socketTransport(
    { device, url, ...times },
    {
      heard: () => undefined,
      welcome: () => (received.welcomes += 1),
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

test('[CL9] a WebSocket that works is used alone', async () => {
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

test('[CL9] while it polls, the WebSocket is tried again, and taken when it works', async () => {
  upgrades = 'refuse';
  open({ headStartMs: 10, backAfterMs: 10 });
  transport.connect();
  await until(() => received.welcomes === 1);
  expect(wayOf(sockets[0])).toBe('polling');
  upgrades = 'pass';
  await until(() => received.welcomes === 2);
  expect(wayOf(sockets.at(-1))).toBe('websocket');
  expect(await transport.ask('push', { ops: [] })).toEqual({ results: [] });
  // The polling connection has ended, unheard.
  await until(() => sockets[0]?.connected === false);
  expect(received.lost).toEqual([]);
});
