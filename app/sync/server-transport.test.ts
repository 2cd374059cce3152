import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeviceId, UserId } from '#protocol/ids.ts';
import type { Changes, Heads } from '#protocol/live.ts';
import { until } from './testing/fake-clock.fixture.ts';
import { serverTransport } from './server-transport.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { Lost, Transport } from './transport.ts';

const device = '019ab697-e808-7804-8201-080402010804' as DeviceId;
const welcome = { protocol: 1, epoch: 'one', userId: 'ann', serverTime: '2026-11-24T12:00:00.000Z', limits: {} };
let http: HttpServer;
let io: Server;
let transport: Transport;
let sockets: Socket[];
let received: {
  bytes: number[];
  welcomes: { userId: UserId; isLive: boolean; ms: number | undefined }[];
  changes: Changes[];
  heads: Heads[];
  ephemeral: Ephemeral[];
  lost: Lost[];
};

beforeEach(async () => {
  // The verbs over HTTP are not answered, so they cannot replace the socket.
  http = createServer((request) => void request.socket.destroy());
  io = new Server(http);
  sockets = [];
  io.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  received = { bytes: [], welcomes: [], changes: [], heads: [], ephemeral: [], lost: [] };
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  transport = serverTransport(
    { userId: 'ann' as UserId, device, url },
    {
      heard: (bytes) => received.bytes.push(bytes),
      welcome: ({ userId }, isLive, exchange) => received.welcomes.push({ userId, isLive, ms: exchange?.ms }),
      due: () => undefined,
      changes: (one) => received.changes.push(one),
      heads: (one) => received.heads.push(one),
      ephemeral: (one) => received.ephemeral.push(one),
      lost: (why) => received.lost.push(why),
    },
  );
});
afterEach(async () => {
  transport.close();
  await io.close();
});

async function connected(): Promise<Socket> {
  const before = sockets.length;
  transport.connect();
  await until(() => sockets.length > before);
  const socket = sockets.at(-1)!;
  socket.emit('welcome', welcome);
  const welcomes = received.welcomes.length;
  await until(() => received.welcomes.length > welcomes);
  return socket;
}

test('[LV1] [LV2] it names its protocol and device, and is usable from the welcome on, not before', async () => {
  transport.connect();
  await until(() => sockets.length === 1);
  expect(sockets[0]?.handshake.auth).toEqual({ protocol: 1, device });
  expect(await transport.ask('pull', { cursors: {} })).toBe(undefined);
  sockets[0]?.emit('welcome', welcome);
  await until(() => received.welcomes.length === 1);
  expect(received.welcomes).toMatchObject([{ userId: 'ann', isLive: true }]);
  // The handshake counts as an exchange, and has taken some time, however little.
  expect(received.welcomes[0]?.ms).toBeGreaterThanOrEqual(0);
});

test('[VB1] a request is an event, and its answer is the acknowledgement', async () => {
  const socket = await connected();
  socket.on('push', (request: unknown, ack: (answer: unknown) => void) => {
    expect(request).toEqual({ ops: [] });
    ack({ results: [], surplus: 1 });
  });
  expect(await transport.ask('push', { ops: [] })).toEqual({ results: [] });
});

test('[SH5] of a newer server’s additions, unknown records keep their common fields and unknown fields are dropped', async () => {
  const socket = await connected();
  socket.on('pull', (_request: unknown, ack: (answer: unknown) => void) => {
    const records = [{ type: 'poll', id: 'p', stream: 'd:ann.bob', rev: 4, question: '?' }];
    ack({
      epoch: 'one',
      more: false,
      later: true,
      streams: [{ stream: 'd:ann.bob', records, cursor: 4, more: false }],
    });
  });
  expect(await transport.ask('pull', { cursors: {} })).toEqual({
    epoch: 'one',
    more: false,
    streams: [
      {
        stream: 'd:ann.bob',
        cursor: 4,
        more: false,
        records: [{ type: 'poll', id: 'p', stream: 'd:ann.bob', rev: 4 }],
      },
    ],
  });
  socket.emit('heads', { nonsense: 1 });
  socket.emit('changes', { stream: 'x' });
  socket.emit('heads', { 'd:ann.bob': 9 });
  await until(() => received.heads.length === 1);
  expect([received.heads, received.changes]).toEqual([[{ 'd:ann.bob': 9 }], []]);
});

test('an answer that does not parse counts as none', async () => {
  const socket = await connected();
  socket.on('push', (_request: unknown, ack: (answer: unknown) => void) => ack({ results: 'many' }));
  expect(await transport.ask('push', { ops: [] })).toBe(undefined);
});

test('a request ends at once when its connection ends', async () => {
  const socket = await connected();
  let isAsked = false;
  socket.on('pull', () => (isAsked = true));
  const asked = transport.ask('pull', { cursors: {} });
  await until(() => isAsked);
  socket.disconnect(true);
  expect(await asked).toBe(undefined);
  expect(received.lost).toEqual([{ kind: 'lost' }]);
  expect(await transport.ask('pull', { cursors: {} })).toBe(undefined);
});

test('[CL8] every packet is reported with its size, even one that means nothing to the app', async () => {
  const socket = await connected();
  const packets = received.bytes.length;
  socket.emit('heads', { nonsense: 1 });
  await until(() => received.bytes.length > packets);
  expect(received.bytes.at(-1)).toBe('2["heads",{"nonsense":1}]'.length);
  // A ping of the engine below Socket.IO.
  (socket.conn as unknown as { sendPacket(type: string): void }).sendPacket('ping');
  await until(() => received.bytes.length > packets + 1);
});

test('events of an old connection never reach the new one', async () => {
  const old = await connected();
  const asked = transport.ask('push', { ops: [] });
  transport.close();
  expect(await asked).toBe(undefined);
  const fresh = await connected();
  old.emit('heads', { 'd:ann.bob': 1 });
  fresh.emit('heads', { 'd:ann.bob': 2 });
  await until(() => received.heads.length > 0);
  expect(received.heads).toEqual([{ 'd:ann.bob': 2 }]);
  // `close` does not report a lost connection.
  expect(received.lost).toEqual([]);
});

test.each([
  [{ code: 'unauthorized' }, { kind: 'refused', error: { code: 'unauthorized' } }],
  [
    { code: 'rate_limited', retryAfterMs: 900 },
    { kind: 'refused', error: { code: 'rate_limited', retryAfterMs: 900 } },
  ],
  [{ code: 'no such code' }, { kind: 'lost' }],
  [undefined, { kind: 'lost' }],
])('[LV1] a handshake refused with %o is reported once, with its reason', async (data, expected) => {
  io.use((_socket, next) => next(Object.assign(new Error('refused'), { data })));
  transport.connect();
  await until(() => received.lost.length > 0);
  expect(received.lost).toEqual([expected]);
});

test('[LV6] the end of the session is reported as `unauthorized`', async () => {
  const socket = await connected();
  socket.emit('session_ended', { reason: 'signed out' });
  socket.disconnect(true);
  await until(() => received.lost.length > 0);
  expect(received.lost).toEqual([{ kind: 'refused', error: { code: 'unauthorized' } }]);
});

test('an unreachable server is reported, and may be tried again', async () => {
  await io.close();
  for (let round = 1; round <= 2; round++) {
    transport.connect();
    await until(() => received.lost.length === round);
  }
  expect(received.lost).toEqual([{ kind: 'lost' }, { kind: 'lost' }]);
});

test('[LV7] [LV8] it receives typing and presence, sends its own once connected, and ignores what does not parse', async () => {
  transport.emit('watch', { userIds: [] });
  const socket = await connected();
  const emitted: unknown[] = [];
  socket.onAny((event, payload) => emitted.push([event, payload]));
  const watch = { userIds: ['bob'] as UserId[] };
  transport.emit('watch', watch);
  const typing = { stream: 'd:ann.bob', userId: 'bob', on: true };
  const presence = { userId: 'bob', online: true };
  socket.emit('typing', { ...typing, on: 1 });
  socket.emit('typing', typing);
  socket.emit('presence', presence);
  await until(() => received.ephemeral.length === 2 && emitted.length === 1);
  expect(received.ephemeral).toEqual([
    { kind: 'typing', notice: typing },
    { kind: 'presence', notice: presence },
  ]);
  expect(emitted).toEqual([['watch', watch]]);
});
