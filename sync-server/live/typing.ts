import { type ConversationId, type UserId, isConversation } from '#protocol/ids.ts';
import { TYPING_MS } from '#protocol/limits.ts';
import { Typing } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import type { Announcement, Reader } from '#server/streams/announcement.ts';
import type { LiveContext } from './live-context.ts';
import { type LiveSocket, roomOf } from './open-sockets.ts';
import type { ReaderCache } from './reader-cache.ts';
import type { BusMessage } from './server-bus.ts';

export interface TypingNotices {
  /** A socket's notice, unparsed; one that is malformed, too frequent or not the sender's to send is ignored. [LV7] */
  notice(socket: LiveSocket, notice: unknown): void;
  disconnected(socket: LiveSocket): void;
  /** A person who has sent a message is no longer typing. */
  delivered(announcement: Announcement): void;
  received(message: Extract<BusMessage, { kind: 'typing' }>): void;
  close(): void;
}

interface Typist {
  /** Sockets on which the person types, at whichever server. */
  origins: Set<string>;
  /** The server's clock, milliseconds. */
  since: number;
  timer: ReturnType<typeof setTimeout>;
}

/** The number of conversations at the same time, for one socket. */
const MAX_STREAMS = 20;
/** A renewal that follows the last one sooner than this is not passed on. */
const MIN_RENEWAL_MS = 500;

/**
 * Who is typing where. Every server keeps this for its own sockets and ends it by its own clock, so that nobody types forever
 * after a server dies. Never stored.
 */
export function createTyping(
  { io, sockets, bus, now, privacyOf, areApart }: LiveContext,
  readers: ReaderCache,
  endsAfterMs = TYPING_MS,
): TypingNotices {
  const typists = new Map<ConversationId, Map<UserId, Typist>>();

  function notify(stream: ConversationId, userId: UserId, on: boolean, to: readonly Reader[]): void {
    const rooms = to.flatMap((reader) =>
      reader.userId !== userId &&
      reader.isRequest !== true &&
      sockets.ofUser(reader.userId) !== undefined &&
      privacyOf(reader.userId).typing &&
      !areApart(reader.userId, userId)
        ? [roomOf(reader.userId)]
        : [],
    );
    if (rooms.length > 0) io.local.to(rooms).emit('typing', { stream, userId, on });
  }

  function start(stream: ConversationId, userId: UserId, origin: string, to: readonly Reader[]): void {
    let here = typists.get(stream);
    if (here === undefined) typists.set(stream, (here = new Map<UserId, Typist>()));
    const before = here.get(userId);
    clearTimeout(before?.timer);
    const timer = setTimeout(() => end(stream, userId), endsAfterMs);
    timer.unref();
    const origins = before?.origins ?? new Set<string>();
    here.set(userId, { origins: origins.add(origin), since: before?.since ?? now(), timer });
    notify(stream, userId, true, to);
  }

  /** Ends it with the last socket on which the person types. */
  function stop(stream: ConversationId, userId: UserId, origin: string): void {
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
      // The person may have started again while the readers were read; the newer notice then applies.
      if (typists.get(stream)?.has(userId) !== true) notify(stream, userId, false, to);
    });
  }

  function withReaders(stream: ConversationId, then: (readers: readonly Reader[]) => void): void {
    const found = readers.recent(stream);
    if (Array.isArray(found)) return then(found as readonly Reader[]);
    // If the store does not answer, an ephemeral notice is lost.
    (found as Promise<readonly Reader[]>).then(then, () => undefined);
  }

  function publish(stream: ConversationId, userId: UserId, on: boolean, origin: string): void {
    if (bus.hasPeers) bus.publish({ kind: 'typing', stream, userId, on, origin });
  }

  return {
    notice(socket, notice) {
      const parsed = parse(Typing, notice);
      if (!parsed.ok) return;
      const { stream, on } = parsed.value;
      const { userId, typing } = socket.data;
      // People who hide that they type do not see it of others either. [PV3]
      if (on && !privacyOf(userId).typing) return;
      if (!on) {
        // Turning it off and on again does not bypass the limit on renewals, because turning it on still counts in the window.
        if (!typing.delete(stream)) return;
        stop(stream, userId, socket.id);
        publish(stream, userId, on, socket.id);
        return;
      }
      const at = performance.now();
      const last = typing.get(stream);
      if (last === undefined ? typing.size >= MAX_STREAMS : at - last < MIN_RENEWAL_MS) return;
      if (!spend(socket, at)) return;
      typing.set(stream, at);
      withReaders(stream, (to) => {
        if (typing.get(stream) !== at || !socket.connected) return;
        // Typing is not shown in a chat that the person has not accepted. [RQ2]
        if (!to.some((reader) => reader.userId === userId && reader.isRequest !== true))
          return void typing.delete(stream);
        start(stream, userId, socket.id, to);
        publish(stream, userId, on, socket.id);
      });
    },
    disconnected(socket) {
      const { userId, typing } = socket.data;
      for (const stream of typing.keys()) {
        stop(stream, userId, socket.id);
        publish(stream, userId, false, socket.id);
      }
      typing.clear();
    },
    delivered({ stream, records }) {
      const here = isConversation(stream) ? typists.get(stream) : undefined;
      if (here === undefined || !isConversation(stream)) return;
      for (const record of records) {
        if (record.type !== 'message') continue;
        const typist = here.get(record.senderId);
        // An edit of an older message does not count: its sender may be typing the next one.
        if (typist !== undefined && Date.parse(record.createdAt) >= typist.since) end(stream, record.senderId);
      }
    },
    received({ stream, userId, on, origin }) {
      if (!on) return stop(stream, userId, origin);
      withReaders(stream, (to) => {
        if (to.some((reader) => reader.userId === userId)) start(stream, userId, origin, to);
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

/** Each notice costs a packet to every other member, so a socket has a budget; notices beyond it are ignored. */
function spend(socket: LiveSocket, at: number): boolean {
  const window = spent.get(socket);
  if (window === undefined || at - window.since >= WINDOW_MS) {
    spent.set(socket, { since: at, count: 1 });
    return true;
  }
  window.count++;
  return window.count <= MAX_IN_WINDOW;
}
