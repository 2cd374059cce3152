import type { UserId } from '#protocol/ids.ts';
import type { Log } from '#server/logging.ts';
import type { Announce, Announcement } from '#server/streams/announcement.ts';
import type { StreamReads } from '#server/streams/stream-reads.ts';
import { createDeliveryOrder } from './delivery-order.ts';
import { type FanOutParts, fanOut } from './fan-out.ts';
import { startMissedChanges } from './missed-changes.ts';
import type { LiveContext } from './live-context.ts';
import type { LiveSocket } from './open-sockets.ts';
import { type LastSeen, createPresence } from './presence.ts';
import { createReaderCache } from './reader-cache.ts';
import { createSharedConversations } from './shared-conversations.ts';
import { createTyping } from './typing.ts';

export interface Live {
  announce: Announce;
  connected(socket: LiveSocket): void;
  disconnected(socket: LiveSocket): void;
  typing(socket: LiveSocket, notice: unknown): void;
  watch(socket: LiveSocket, request: unknown): void;
  endSessions(sessionIds: readonly string[], reason: string): void;
  /** A person has changed what they show or hide. [PV3] */
  privacyChanged(userId: UserId): void;
  close(): void;
}

interface LiveParts extends LiveContext {
  slowReaders: FanOutParts['slowReaders'];
  reads: StreamReads;
  lastSeen: LastSeen;
  /** Other servers may write to the database. */
  isShared: boolean;
  /** Whether there are requests; if so, one side of a direct chat does not tell about the other. [RQ2] */
  hasRequests: boolean;
  log: Log;
  onDefect: (error: unknown) => void;
  /** For tests. An absent time is that of the protocol, or of the file to which it belongs. */
  times?: { typingEndsAfterMs?: number; offlineAfterMs?: number; pollEveryMs?: number };
}

/** Longer than a message between servers takes, and too short for anybody to notice. */
const HOLD_MS = 300;

/** Everything that is sent to devices unasked, from this server and, if there are others, from all of them. */
export function openLive(parts: LiveParts): Live {
  const { io, sockets, slowReaders, reads, bus, lastSeen, isShared, log, onDefect, times = {} } = parts;
  const hidesReads = (userId: UserId) => !parts.privacyOf(userId).readReceipts;
  const readers = createReaderCache(reads.readersOf);
  const shared = createSharedConversations(
    async (userId) => (await reads.membershipsOf(userId)).accepted,
    parts.hasRequests,
  );
  const typing = createTyping(parts, readers, times.typingEndsAfterMs);
  const presence = createPresence(parts, shared, lastSeen, times.offlineAfterMs);
  const holdMs = bus.hasPeers ? HOLD_MS : 0;
  const deliveryOrder = createDeliveryOrder({ readers, deliver, holdMs, onDefect });
  const missedChanges = isShared
    ? startMissedChanges({
        reads,
        sockets,
        readers,
        deliveryOrder,
        onPersonalStreamMoved(userId) {
          shared.forget(userId);
          presence.visibilityChanged(userId);
        },
        log,
        everyMs: times.pollEveryMs,
      })
    : undefined;

  function deliver(announcement: Announcement): void {
    fanOut({ io, sockets, slowReaders, hidesReads }, announcement);
    typing.delivered(announcement);
    const userId = shared.follow(announcement);
    if (userId !== undefined) presence.visibilityChanged(userId);
  }

  bus.subscribe((message, from) => {
    switch (message.kind) {
      case 'changes':
        for (const step of message.batch) deliveryOrder.enqueue(step);
        break;
      case 'ended':
        sockets.endSessions(message.sessionIds, message.reason);
        break;
      case 'typing':
        typing.received(message);
        break;
      case 'presence':
      case 'here':
      case 'hello':
        presence.received(message, from);
        break;
    }
  });

  return {
    announce(batch) {
      for (const announcement of batch) {
        readers.note(announcement.stream, announcement.readers, announcement.membershipRev);
        deliveryOrder.enqueue(announcement, announcement.readers);
      }
      if (bus.hasPeers) bus.publish({ kind: 'changes', batch: batch.map(withoutReaders) });
    },
    connected: (socket) => presence.connected(socket.data.userId),
    disconnected(socket) {
      typing.disconnected(socket);
      presence.disconnected(socket);
    },
    typing: (socket, notice) => typing.notice(socket, notice),
    watch: (socket, request) => presence.watch(socket, request),
    endSessions(sessionIds, reason) {
      sockets.endSessions(sessionIds, reason);
      if (bus.hasPeers) bus.publish({ kind: 'ended', sessionIds: [...sessionIds], reason });
    },
    privacyChanged: (userId) => presence.visibilityChanged(userId),
    close() {
      missedChanges?.close();
      typing.close();
      presence.close();
    },
  };
}

function withoutReaders({ readers: _, ...step }: Announcement) {
  return step;
}
