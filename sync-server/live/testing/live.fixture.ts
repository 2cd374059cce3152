import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { type Socket, io as connect } from 'socket.io-client';
import { expect } from 'vitest';
import type { DeviceId, UserId } from '#protocol/ids.ts';
import type { Log } from '#server/logging.ts';
import { createAnswerVerb } from '#server/streams/answer-verb.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { OPEN } from '#protocol/privacy.ts';
import { createStreamReads } from '#server/streams/stream-reads.ts';
import { type World, createWorld } from '#server/streams/testing/world.fixture.ts';
import { createConnection } from '#server/live/connection.ts';
import { startHeads } from '#server/live/heads.ts';
import { openLive } from '#server/live/open-live.ts';
import { type LiveServer, closeSockets, createOpenSockets, initialState } from '#server/live/open-sockets.ts';
import { startSlowReaderWatch } from '#server/live/slow-readers.ts';
import { type ServerBus, noBus } from '#server/live/server-bus.ts';
import { createPendingConnections } from '#server/live/pending-connections.ts';

/** A connected socket and everything that it received, in order. */
export interface Device {
  socket: Socket;
  received: { event: string; value: unknown }[];
  /** All values of an event. */
  of<T = unknown>(event: string): T[];
  until<T>(event: string, isWanted?: (value: T) => boolean): Promise<T>;
  /** Resolves when everything sent before, in either direction, has arrived. */
  settled(): Promise<void>;
}

export interface LiveWorld extends World {
  connect(userId: UserId): Promise<Device>;
  end(): Promise<void>;
}

interface LiveOptions {
  store?: EntryStore;
  bus?: ServerBus;
  isShared?: boolean;
  headsEveryMs?: number;
  times?: { typingEndsAfterMs?: number; offlineAfterMs?: number; pollEveryMs?: number };
}

/** The live half of a server over real sockets and real streams. It trusts what a socket says about who connects. */
export async function openLiveWorld(options: LiveOptions = {}): Promise<LiveWorld> {
  const {
    store = createMemoryEntryStore(),
    bus = noBus,
    isShared = false,
    headsEveryMs = 60_000,
    times = {},
  } = options;
  const http = createServer();
  const pending = createPendingConnections((request) => request.socket.remoteAddress ?? '');
  const io: LiveServer = new Server(http, { serveClient: false });
  const sockets = createOpenSockets();
  const seen = new Map<UserId, number>();
  const silent = Object.fromEntries(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace'].map((level) => [level, () => undefined]),
  ) as unknown as Log;
  const onDefect = (error: unknown) => {
    throw error;
  };
  const reads = createStreamReads(store);
  const live = openLive({
    io,
    sockets,
    slowReaders: startSlowReaderWatch(sockets),
    reads,
    bus,
    lastSeen: {
      note: (userId, at) => void seen.set(userId, at),
      find: (ids) => Promise.resolve(new Map(ids.flatMap((id) => (seen.has(id) ? [[id, seen.get(id) ?? 0]] : [])))),
    },
    isShared,
    hasRequests: false,
    privacyOf: () => OPEN,
    areApart: () => false,
    now: Date.now,
    log: silent,
    onDefect,
    times,
  });
  const world: World = await createWorld({
    store,
    reads,
    announce: live.announce,
    now: Date.now,
  });
  const answerVerb = createAnswerVerb({ streams: world.streams, takeCall: () => 0, bounds: undefined, onDefect });
  io.use((socket, next) => {
    const { userId } = socket.handshake.auth as { userId: UserId };
    socket.data = { userId, sessionId: userId, device: crypto.randomUUID() as DeviceId, ...initialState() };
    next();
  });
  io.on(
    'connection',
    createConnection({
      epoch: world.streams.epoch,
      sockets,
      pending,
      answerVerb,
      live,
      isLimited: false,
      now: Date.now,
      log: silent,
    }),
  );
  const heads = startHeads(sockets, headsEveryMs);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const open: Socket[] = [];

  return {
    ...world,
    async connect(userId) {
      const socket = connect(`http://127.0.0.1:${port}`, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        auth: { userId },
      });
      open.push(socket);
      return device(socket);
    },
    async end() {
      for (const socket of open) socket.disconnect();
      heads.close();
      live.close();
      await world.streams.close();
      await closeSockets(io);
      http.close();
    },
  };
}

async function device(socket: Socket): Promise<Device> {
  const received: Device['received'] = [];
  const watchers = new Set<() => void>();
  socket.onAny((event: string, value: unknown) => {
    received.push({ event, value });
    for (const look of watchers) look();
  });
  const of = <T>(event: string) => received.filter((each) => each.event === event).map(({ value }) => value as T);
  const until = <T>(event: string, isWanted: (value: T) => boolean = () => true) =>
    new Promise<T>((resolve) => {
      const look = () => {
        const found = of<T>(event).find(isWanted);
        if (found === undefined) return;
        watchers.delete(look);
        resolve(found);
      };
      watchers.add(look);
      look();
    });
  await until('welcome');
  return {
    socket,
    received,
    of,
    until,
    async settled() {
      // A read verb goes through the whole path, behind everything that was sent on this socket before.
      for (let n = 0; n < 3; n++) expect(await socket.emitWithAck('pull', { cursors: {} })).toHaveProperty('epoch');
    },
  };
}
