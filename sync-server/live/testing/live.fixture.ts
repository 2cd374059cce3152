import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { type Socket, io as connect } from 'socket.io-client';
import { expect } from 'vitest';
import type { DeviceId, UserId } from '#protocol/ids.ts';
import type { Log } from '#server/logging.ts';
import { createAnswerVerb } from '#server/streams/answer-verb.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import { type World, createWorld } from '#server/streams/testing/world.fixture.ts';
import { createConnection } from '#server/live/connection.ts';
import { startHeads } from '#server/live/heads.ts';
import { openLive } from '#server/live/open-live.ts';
import { type LiveServer, closeSockets, createOpenSockets, nothingYet } from '#server/live/open-sockets.ts';
import { type Peers, noPeers } from '#server/live/server-bus.ts';
import { createWaitingRoom } from '#server/live/pending-connections.ts';

/** What came over one socket, in order. */
export interface Device {
  socket: Socket;
  came: { event: string; value: unknown }[];
  /** All values of an event. */
  of<T = unknown>(event: string): T[];
  until<T>(event: string, isWanted?: (value: T) => boolean): Promise<T>;
  /** Resolves when everything that the server sent, or was sent, before has arrived. */
  settled(): Promise<void>;
}

export interface LiveWorld extends World {
  connect(userId: UserId): Promise<Device>;
  end(): Promise<void>;
}

interface LiveOptions {
  store?: EntryStore;
  peers?: Peers;
  isShared?: boolean;
  headsEveryMs?: number;
  times?: { typingEndsAfter?: number; absentAfter?: number; lookEvery?: number };
}

/** The live half of a server over real sockets and real streams; who connects is believed. */
export async function openLiveWorld(options: LiveOptions = {}): Promise<LiveWorld> {
  const { peers = noPeers, isShared = false, headsEveryMs = 60_000, times = {} } = options;
  const http = createServer();
  const waitingRoom = createWaitingRoom((request) => request.socket.remoteAddress ?? '');
  const io: LiveServer = new Server(http, { serveClient: false });
  const sockets = createOpenSockets();
  const seen = new Map<UserId, number>();
  const silent = Object.fromEntries(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace'].map((level) => [level, () => undefined]),
  ) as unknown as Log;
  const onDefect = (error: unknown) => {
    throw error;
  };
  const live = openLive({
    io,
    sockets,
    streams: () => world.streams,
    peers,
    lastSeen: {
      note: (userId, at) => void seen.set(userId, at),
      find: (ids) => Promise.resolve(new Map(ids.flatMap((id) => (seen.has(id) ? [[id, seen.get(id) ?? 0]] : [])))),
    },
    isShared,
    now: Date.now,
    log: silent,
    onDefect,
    times,
  });
  const world: World = await createWorld({
    ...(options.store === undefined ? {} : { store: options.store }),
    announce: (batch) => live.announce(batch),
    now: Date.now,
  });
  const answerVerb = createAnswerVerb({ streams: world.streams, takeCall: () => 0, onDefect });
  io.use((socket, next) => {
    const { userId } = socket.handshake.auth as { userId: UserId };
    socket.data = { userId, sessionId: userId, device: crypto.randomUUID() as DeviceId, ...nothingYet() };
    next();
  });
  io.on(
    'connection',
    createConnection({ streams: world.streams, sockets, waitingRoom, answerVerb, live, now: Date.now, log: silent }),
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
  const came: Device['came'] = [];
  const watchers = new Set<() => void>();
  socket.onAny((event: string, value: unknown) => {
    came.push({ event, value });
    for (const look of watchers) look();
  });
  const of = <T>(event: string) => came.filter((each) => each.event === event).map(({ value }) => value as T);
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
    came,
    of,
    until,
    async settled() {
      // A verb that reads goes the whole way, after all that was sent on this socket before.
      for (let n = 0; n < 3; n++) expect(await socket.emitWithAck('pull', { cursors: {} })).toHaveProperty('epoch');
    },
  };
}
