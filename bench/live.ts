import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server as HttpServer, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Server } from 'socket.io';
import { type Socket, io as connect } from 'socket.io-client';
import { type ConversationId, type DeviceId, type UserId, groupStream, uuidV7 } from '#protocol/ids.ts';
import { OPEN } from '#protocol/privacy.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { readConfig } from '#server/config.ts';
import { openLive } from '#server/live/open-live.ts';
import { type LiveServer, createOpenSockets, initialState, roomOf } from '#server/live/open-sockets.ts';
import { startSlowReaderWatch } from '#server/live/slow-readers.ts';
import { noBus } from '#server/live/server-bus.ts';
import { build } from '#server/server.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { createStreamReads } from '#server/streams/stream-reads.ts';

/*
 * One message to the 100 members of a group, from its announcement to the last device, beside a bare Socket.IO broadcast of
 * the same packet to 100; then how long a person with 1,000 conversations, 3 of them changed, takes to catch up.
 * Devices are in a process of their own. `npm run bench bench/live.ts`
 */
const DEVICES = 100;
const MESSAGES = 300;
const ROUNDS = 7;
const CONVERSATIONS = 1_000;

type Command =
  | { do: 'join'; port: number; auths: object[] }
  | { do: 'expect'; packets: number }
  | { do: 'come back'; port: number; cookie: string; pull: object };

if (process.send === undefined) await measure();
else devices();

/** The other process: sockets that count what arrives. */
function devices(): void {
  const say = (answer: unknown) => process.send?.(answer);
  let came = 0;
  let wanted = Number.POSITIVE_INFINITY;
  const joined: Socket[] = [];
  const count = () => {
    came++;
    if (came >= wanted) {
      came -= wanted;
      wanted = Number.POSITIVE_INFINITY;
      say('all here');
    }
  };
  process.on('message', (command: Command) => {
    if (command.do === 'expect') {
      wanted = command.packets;
      return;
    }
    const options = { transports: ['websocket'], forceNew: true, reconnection: false };
    const url = `http://127.0.0.1:${command.port}`;
    if (command.do === 'join') {
      let left = command.auths.length;
      for (const auth of command.auths) {
        const socket = connect(url, { ...options, auth });
        joined.push(socket);
        socket.on('changes', count);
        socket.on('connect', () => --left === 0 && say('joined'));
      }
      return;
    }
    const started = performance.now();
    const auth = { protocol: 1, device: crypto.randomUUID() };
    const socket = connect(url, { ...options, auth, extraHeaders: { cookie: command.cookie } });
    let welcomedMs = 0;
    socket.on('welcome', () => {
      welcomedMs = performance.now() - started;
      socket.emit('pull', command.pull, (answer: unknown) => {
        say({ welcomedMs, ms: performance.now() - started, answer });
        socket.disconnect();
      });
    });
  });
}

async function measure(): Promise<void> {
  const child = fork(process.argv[1] ?? '', { stdio: 'inherit' });
  const ask = <T>(command: Command) =>
    new Promise<T>((resolve) => {
      child.once('message', (answer) => resolve(answer as T));
      child.send(command);
    });
  const report = (line: string) => process.stdout.write(`${line}\n`);
  try {
    await fanOut(ask, report);
    await comeBack(ask, report);
  } finally {
    child.kill();
  }
}

type Ask = <T>(command: Command) => Promise<T>;

async function listening(http: HttpServer): Promise<number> {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return (http.address() as AddressInfo).port;
}

async function fanOut(ask: Ask, report: (line: string) => void): Promise<void> {
  const people = Array.from({ length: DEVICES }, (_, at) => `person${at}` as UserId);
  const readers = people.map((userId) => ({ userId, fromSeq: 1 }));
  const group = groupStream(nextId());

  const bareHttp = createServer();
  const bare = new Server(bareHttp, { serveClient: false });
  bare.on('connection', (socket) => void socket.join('room'));
  await ask({ do: 'join', port: await listening(bareHttp), auths: people.map(() => ({})) });

  const http = createServer();
  const io: LiveServer = new Server(http, { serveClient: false });
  const sockets = createOpenSockets();
  const live = openLive({
    hasRequests: false,
    io,
    sockets,
    slowReaders: startSlowReaderWatch(sockets),
    reads: createStreamReads(createMemoryEntryStore()),
    bus: noBus,
    lastSeen: { note: nothing, find: () => Promise.resolve(new Map<UserId, number>()) },
    isShared: false,
    privacyOf: () => OPEN,
    areApart: () => false,
    now: Date.now,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    onDefect: (error) => process.stderr.write(`${String(error)}\n`),
  });
  io.use((socket, next) => {
    const { userId } = socket.handshake.auth as { userId: UserId };
    socket.data = { userId, sessionId: userId, device: crypto.randomUUID() as DeviceId, ...initialState() };
    next();
  });
  io.on('connection', (socket) => {
    sockets.add(socket);
    void socket.join(roomOf(socket.data.userId));
  });
  await ask({ do: 'join', port: await listening(http), auths: people.map((userId) => ({ userId })) });

  let rev = 0;
  const message = (): MessageRecord => ({
    id: nextId(),
    stream: group,
    rev: ++rev,
    type: 'message',
    seq: rev,
    senderId: people[0] as UserId,
    sentAt: new Date().toISOString(),
    createdAt: new Date().toISOString(),
    text: 'a message of some forty characters or so',
    attachments: [],
    mentions: [],
    reactions: {},
  });
  async function rate(tell: (record: MessageRecord) => void): Promise<{ perSecond: number; cpuUs: number }> {
    const all = ask({ do: 'expect', packets: MESSAGES * DEVICES });
    await turn();
    const cpu = process.cpuUsage();
    const started = performance.now();
    for (let n = 0; n < MESSAGES; n++) {
      tell(message());
      await turn();
    }
    await all;
    const seconds = (performance.now() - started) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    return { perSecond: MESSAGES / seconds, cpuUs: (user + system) / MESSAGES };
  }
  const runBare = () =>
    rate((record) =>
      bare.to('room').emit('changes', { stream: group, prev: record.rev - 1, cursor: record.rev, records: [record] }),
    );
  const runLive = () =>
    rate((record) =>
      live.announce([
        { stream: group, prev: record.rev - 1, cursor: record.rev, records: [record], readers, membershipRev: 1 },
      ]),
    );
  await runBare();
  await runLive();
  const rounds = [];
  for (let n = 0; n < ROUNDS; n++) rounds.push({ bare: await runBare(), live: await runLive() });
  const [l, b] = [median(rounds.map((each) => each.live.perSecond)), median(rounds.map((each) => each.bare.perSecond))];
  report(
    `one message to ${DEVICES} devices: ${l.toFixed(0)} messages/s; bare broadcast ${b.toFixed(0)}   (ratio ${(l / b).toFixed(2)})`,
  );
  const [lc, bc] = [median(rounds.map((each) => each.live.cpuUs)), median(rounds.map((each) => each.bare.cpuUs))];
  report(
    `server's CPU time per message: ${lc.toFixed(0)} µs; bare ${bc.toFixed(0)} µs   (ratio ${(bc / lc).toFixed(2)})`,
  );
  live.close();
  for (const each of [io, bare]) {
    each.disconnectSockets(true);
    await each.close();
  }
}

async function comeBack(ask: Ask, report: (line: string) => void): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));
  const read = readConfig({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'error', RATE_LIMIT: 'off' });
  if (!read.ok) throw new Error(read.problem);
  const worker = process.argv[2];
  const workerUrl = worker === undefined ? undefined : new URL(worker, `file://${process.cwd()}/`);
  const server = await build({ config: read.config, ...(workerUrl === undefined ? {} : { workerUrl }) });
  try {
    const port = await server.listen();
    const origin = `http://127.0.0.1:${port}`;
    const post = async (path: string, body: object, cookie = '') => {
      const headers = { 'content-type': 'application/json', cookie };
      const answer = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return answer;
    };
    const signedUp = await post('/api/auth/sign-up/email', {
      name: 'Ann',
      email: 'ann@example.org',
      password: 'a long password',
    });
    const cookie = signedUp.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const push = (ops: object[]) => post('/api/sync/push', { ops }, cookie);
    const groups = Array.from({ length: CONVERSATIONS }, () => groupStream(nextId()));
    for (let at = 0; at < groups.length; at += 50) {
      const some = groups.slice(at, at + 50);
      await push(
        some.map((stream) => ({ id: nextId(), stream, kind: 'conversation.create', title: 'Group', memberIds: [] })),
      );
      await push(some.map((stream) => send(stream)));
    }
    const cursors: Record<string, number> = {};
    for (let more = true; more;) {
      const answer = (await (await post('/api/sync/pull', { cursors }, cookie)).json()) as PullAnswer;
      for (const { stream, cursor } of answer.streams) cursors[stream] = cursor;
      ({ more } = answer);
    }
    const [all, welcomed]: [number[], number[]] = [[], []];
    for (let n = 0; n < 30; n++) {
      const changed = [1, 2, 3].map((k) => groups[(n * 3 + k) % groups.length] as ConversationId);
      await push(changed.map((stream) => send(stream)));
      const came = await ask<{ welcomedMs: number; ms: number; answer: PullAnswer }>({
        do: 'come back',
        port,
        cookie,
        pull: { cursors },
      });
      if (came.answer.streams.length !== 3) throw new Error(`${came.answer.streams.length} streams moved`);
      for (const { stream, cursor } of came.answer.streams) cursors[stream] = cursor;
      all.push(came.ms);
      welcomed.push(came.welcomedMs);
    }
    report(
      `catch-up after an absence, ${CONVERSATIONS} conversations of which 3 changed: ${median(all).toFixed(0)} ms, including connection and handshake ${median(welcomed).toFixed(0)} ms   (aim: 100 ms)`,
    );
  } finally {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface PullAnswer {
  streams: { stream: string; cursor: number }[];
  more: boolean;
}

function send(stream: ConversationId): object {
  return { id: nextId(), stream, kind: 'message.send', text: 'one more', sentAt: new Date().toISOString() };
}

function nothing(): void {}

function nextId() {
  return uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
