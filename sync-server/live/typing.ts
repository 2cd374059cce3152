import { type ConversationId, type UserId, isConversation } from '#protocol/ids.ts';
import { TYPING_MS } from '#protocol/limits.ts';
import { Typing } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import type { Announcement, Reader } from '#server/streams/announcement.ts';
import { type LiveServer, type LiveSocket, type OpenSockets, roomOf } from './open-sockets.ts';
import type { PeerMessage, Peers } from './server-bus.ts';
import type { Readers } from './reader-cache.ts';

export interface TypingNotices {
  /** What a socket says, unparsed; what is out of shape, too much, or not his to say is passed over. [LV7] */
  said(socket: LiveSocket, notice: unknown): void;
  gone(socket: LiveSocket): void;
  /** He has sent what he typed. */
  delivered(announcement: Announcement): void;
  heard(message: Extract<PeerMessage, { kind: 'typing' }>): void;
  close(): void;
}

interface Typist {
  /** Sockets on which he types, whichever server they are on. */
  origins: Set<string>;
  /** Server's clock, milliseconds. */
  since: number;
  timer: ReturnType<typeof setTimeout>;
}

/** Of one socket: conversations at once, and the least time between two renewals that are passed on. */
const MAX_STREAMS = 20;
const MIN_RENEWAL_MS = 500;

interface TypingParts {
  io: LiveServer;
  sockets: OpenSockets;
  readers: Readers;
  peers: Peers;
  now: () => number;
  endsAfterMs?: number | undefined;
}

/**
 * Who types where. Every server keeps it for its own sockets and ends it by its own clock, so that a server that dies
 * leaves nobody typing for ever. Never stored.
 */
export function createTyping({
  io,
  sockets,
  readers,
  peers,
  now,
  endsAfterMs = TYPING_MS,
}: TypingParts): TypingNotices {
  const typists = new Map<ConversationId, Map<UserId, Typist>>();

  function tell(stream: ConversationId, userId: UserId, on: boolean, to: readonly Reader[]): void {
    const rooms = to.flatMap((reader) =>
      reader.userId !== userId && sockets.ofUser(reader.userId) !== undefined ? [roomOf(reader.userId)] : [],
    );
    if (rooms.length > 0) io.local.to(rooms).emit('typing', { stream, userId, on });
  }

  function begin(stream: ConversationId, userId: UserId, origin: string, to: readonly Reader[]): void {
    let here = typists.get(stream);
    if (here === undefined) typists.set(stream, (here = new Map<UserId, Typist>()));
    const before = here.get(userId);
    clearTimeout(before?.timer);
    const timer = setTimeout(() => end(stream, userId), endsAfterMs);
    timer.unref();
    const origins = before?.origins ?? new Set<string>();
    here.set(userId, { origins: origins.add(origin), since: before?.since ?? now(), timer });
    tell(stream, userId, true, to);
  }

  function leave(stream: ConversationId, userId: UserId, origin: string): void {
    const typist = typists.get(stream)?.get(userId);
    if (typist?.origins.delete(origin) === true && typist.origins.size === 0) end(stream, userId);
  }

  function end(stream: ConversationId, userId: UserId): void {
    const here = typists.get(stream);
    const typist = here?.get(userId);
    if (here === undefined || typist === undefined) return;
    clearTimeout(typist.timer);
    here.delete(userId);
    if (here.size === 0) typists.delete(stream);
    for (const socket of sockets.ofUser(userId) ?? []) socket.data.typing.delete(stream);
    withReaders(stream, (to) => {
      // Begun again while the readers were read: it has been said since.
      if (typists.get(stream)?.has(userId) !== true) tell(stream, userId, false, to);
    });
  }

  function withReaders(stream: ConversationId, then: (readers: readonly Reader[]) => void): void {
    const found = readers.lately(stream);
    if (Array.isArray(found)) return then(found as readonly Reader[]);
    // A store that doesn't answer: what is lost is ephemeral.
    (found as Promise<readonly Reader[]>).then(then, () => undefined);
  }

  return {
    said(socket, notice) {
      const parsed = parse(Typing, notice);
      if (!parsed.ok) return;
      const { stream, on } = parsed.value;
      const { userId, typing } = socket.data;
      if (!on) {
        // So that on and off can't be told faster than renewals: the next one waits for its time.
        const since = typing.get(stream);
        if (since === undefined) return;
        typing.delete(stream);
        leave(stream, userId, socket.id);
        if (peers.areThere) peers.tell({ kind: 'typing', stream, userId, on, origin: socket.id });
        return;
      }
      const at = performance.now();
      const last = typing.get(stream);
      if (last === undefined ? typing.size >= MAX_STREAMS : at - last < MIN_RENEWAL_MS) return;
      if (!spend(socket, at)) return;
      typing.set(stream, at);
      withReaders(stream, (to) => {
        if (typing.get(stream) !== at || !socket.connected) return;
        if (!to.some((reader) => reader.userId === userId)) return void typing.delete(stream);
        begin(stream, userId, socket.id, to);
        if (peers.areThere) peers.tell({ kind: 'typing', stream, userId, on, origin: socket.id });
      });
    },
    gone(socket) {
      const { userId, typing } = socket.data;
      for (const stream of typing.keys()) {
        leave(stream, userId, socket.id);
        if (peers.areThere) peers.tell({ kind: 'typing', stream, userId, on: false, origin: socket.id });
      }
      typing.clear();
    },
    delivered({ stream, records }) {
      const here = isConversation(stream) ? typists.get(stream) : undefined;
      if (here === undefined || !isConversation(stream)) return;
      for (const record of records) {
        if (record.type !== 'message') continue;
        const typist = here.get(record.senderId);
        // A change of a message from before is none: he may be typing the next one.
        if (typist !== undefined && Date.parse(record.createdAt) >= typist.since) end(stream, record.senderId);
      }
    },
    heard({ stream, userId, on, origin }) {
      if (!on) return leave(stream, userId, origin);
      withReaders(stream, (to) => {
        if (to.some((reader) => reader.userId === userId)) begin(stream, userId, origin, to);
      });
    },
    close() {
      for (const here of typists.values()) for (const { timer } of here.values()) clearTimeout(timer);
      typists.clear();
    },
  };
}

const WINDOW_MS = 2_000;
const MAX_IN_WINDOW = 10;
const spent = new WeakMap<LiveSocket, { since: number; count: number }>();

/** Each notice that begins something costs a packet to every other member: so many a socket, the rest is passed over. */
function spend(socket: LiveSocket, at: number): boolean {
  const window = spent.get(socket);
  if (window === undefined || at - window.since >= WINDOW_MS) {
    spent.set(socket, { since: at, count: 1 });
    return true;
  }
  window.count++;
  return window.count <= MAX_IN_WINDOW;
}
