import type { Log } from '#server/logging.ts';
import type { Announce, Announcement } from '#server/streams/announcement.ts';
import type { Streams } from '#server/streams/streams.ts';
import { createCircles } from './shared-conversations.ts';
import { fanOut } from './fan-out.ts';
import { createInOrder } from './delivery-order.ts';
import { startMovedElsewhere } from './missed-changes.ts';
import type { LiveServer, LiveSocket, OpenSockets } from './open-sockets.ts';
import type { Peers } from './server-bus.ts';
import { type LastSeen, createPresence } from './presence.ts';
import { createReaders } from './reader-cache.ts';
import { createTyping } from './typing.ts';

export interface Live {
  announce: Announce;
  came(socket: LiveSocket): void;
  gone(socket: LiveSocket): void;
  typing(socket: LiveSocket, notice: unknown): void;
  watch(socket: LiveSocket, request: unknown): void;
  endSessions(sessionIds: readonly string[], reason: string): void;
  close(): void;
}

interface LiveParts {
  io: LiveServer;
  sockets: OpenSockets;
  /** Made after this, which it announces to. */
  streams: () => Streams;
  peers: Peers;
  lastSeen: LastSeen;
  /** Other servers may write to the database. */
  isShared: boolean;
  now: () => number;
  log: Log;
  onDefect: (error: unknown) => void;
  /** Milliseconds; what is absent is the contract's, or the file's that it belongs to. */
  times?: { typingEndsAfter?: number; absentAfter?: number; lookEvery?: number };
}

/** Longer than a message between servers takes, shorter than anybody minds. */
const HOLD_MS = 300;

/** What goes to devices without being asked for, from this server and, where there are others, from all. */
export function openLive(parts: LiveParts): Live {
  const { io, sockets, streams, peers, lastSeen, isShared, now, log, onDefect, times = {} } = parts;
  const readers = createReaders((stream) => streams().readersOf(stream));
  const circles = createCircles((userId) => streams().conversationsOf(userId));
  const typing = createTyping({ io, sockets, readers, peers, now, endsAfterMs: times.typingEndsAfter });
  const presence = createPresence({ sockets, circles, peers, lastSeen, now, graceMs: times.absentAfter });
  const inOrder = createInOrder({ readers, deliver, holdMs: peers.areThere ? HOLD_MS : 0, onDefect });
  const elsewhere = isShared
    ? startMovedElsewhere({
        streams: { headOf: (stream) => streams().headOf(stream), movedSince: (since) => streams().movedSince(since) },
        sockets,
        readers,
        inOrder,
        onOwn(userId) {
          circles.forget(userId);
          presence.moved(userId);
        },
        log,
        everyMs: times.lookEvery,
      })
    : undefined;

  function deliver(announcement: Announcement): void {
    fanOut(io, sockets, announcement);
    typing.delivered(announcement);
    const moved = circles.delivered(announcement);
    if (moved !== undefined) presence.moved(moved);
  }

  peers.listen((message, from) => {
    switch (message.kind) {
      case 'changes':
        for (const told of message.batch) inOrder.take(told);
        break;
      case 'ended':
        sockets.endSessions(message.sessionIds, message.reason);
        break;
      case 'typing':
        typing.heard(message);
        break;
      case 'presence':
      case 'here':
      case 'hello':
        presence.heard(message, from);
        break;
    }
  });

  return {
    announce(batch) {
      for (const announcement of batch) {
        readers.note(announcement.stream, announcement.readers, announcement.membershipRev);
        inOrder.take(announcement, announcement.readers);
      }
      if (peers.areThere) peers.tell({ kind: 'changes', batch: batch.map(withoutReaders) });
    },
    came: (socket) => presence.came(socket.data.userId),
    gone(socket) {
      typing.gone(socket);
      presence.gone(socket);
    },
    typing: (socket, notice) => typing.said(socket, notice),
    watch: (socket, request) => presence.watch(socket, request),
    endSessions(sessionIds, reason) {
      sockets.endSessions(sessionIds, reason);
      if (peers.areThere) peers.tell({ kind: 'ended', sessionIds: [...sessionIds], reason });
    },
    close() {
      elsewhere?.close();
      typing.close();
      presence.close();
    },
  };
}

function withoutReaders({ readers: _, ...told }: Announcement) {
  return told;
}
