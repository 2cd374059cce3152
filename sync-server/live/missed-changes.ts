import { type StreamId, type UserId, isConversation } from '#protocol/ids.ts';
import { type Log, safeError } from '#server/logging.ts';
import type { Streams } from '#server/streams/streams.ts';
import { ownerOf } from './shared-conversations.ts';
import type { InOrder } from './delivery-order.ts';
import type { LiveSocket, OpenSockets } from './open-sockets.ts';
import type { Readers } from './reader-cache.ts';

const LOOKED_AT_EVERY_MS = 1_500;
/** How far back each look looks again: commits become visible out of order, and a new primary's clock may be behind. */
const OVERLAP_MS = 3_000;
/** So many looks after the last move that one is looked at again; later nothing older can appear. */
const LOOKS_AFTER = 5;
/** A hint is raised before its entries stand, and may stay too high after a crash: so long they are waited for. */
const MAX_LOOKS = 8;
const AT_ONCE = 8;

interface MovedElsewhereParts {
  streams: Pick<Streams, 'movedSince' | 'headOf'>;
  sockets: OpenSockets;
  readers: Readers;
  inOrder: InOrder;
  /** People whose own streams moved. */
  onOwn: (userId: UserId) => void;
  log: Log;
  everyMs?: number | undefined;
}

/**
 * Where several servers share a database: what moved through another one and wasn't told here, because there is nothing
 * to tell by or it was lost, is told to devices by `heads` within two looks. Costs what moved. [LV5]
 */
export function startMovedElsewhere({
  streams,
  sockets,
  readers,
  inOrder,
  onOwn,
  log,
  everyMs = LOOKED_AT_EVERY_MS,
}: MovedElsewhereParts): { close(): void } {
  /** Streams that may stand higher than what was delivered here: the head to reach, and how often it was looked for. */
  const behind = new Map<StreamId, { head: number; looks: number }>();
  /** Up to where each was dealt with, of those that moved lately. */
  let dealt = new Map<StreamId, number>();
  let newest: number | undefined;
  let quietLooks = 0;
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((error: unknown) => log.debug({ error: safeError(error) }, 'what moved could not be looked at'))
      .finally(() => (isLooking = false));
  }, everyMs);
  timer.unref();

  async function look(): Promise<void> {
    if (newest === undefined) {
      // Devices that connect from now on pull by themselves.
      ({ newest } = await streams.movedSince());
      return;
    }
    // What was behind at the last look has had its time to be delivered.
    const due = [...behind];
    const isQuiet = quietLooks > LOOKS_AFTER;
    const moved = await streams.movedSince(isQuiet ? newest + 1 : Math.max(1, newest - OVERLAP_MS));
    quietLooks = moved.newest > newest ? 0 : quietLooks + 1;
    newest = Math.max(newest, moved.newest);
    await tellOf(due);
    const before = dealt;
    dealt = new Map();
    for (const [stream, head] of moved.heads) {
      dealt.set(stream, head);
      if ((before.get(stream) ?? 0) < head && !isDelivered(stream, head) && mayConcern(stream))
        behind.set(stream, { head, looks: 0 });
    }
  }

  const isDelivered = (stream: StreamId, head: number) => (inOrder.cursorOf(stream) ?? 0) >= head;

  /** A name says who reads, except a group's. */
  function mayConcern(stream: StreamId): boolean {
    if (stream.startsWith('g:')) return true;
    if (stream.startsWith('u:')) onOwn(ownerOf(stream));
    return stream
      .slice(2)
      .split('.')
      .some((userId) => sockets.ofUser(userId as UserId) !== undefined);
  }

  async function tellOf(due: [StreamId, { head: number; looks: number }][]): Promise<void> {
    const heads = new Map<LiveSocket, Record<StreamId, number>>();
    const queue = due.values();
    const work = async () => {
      for (const [stream, { head, looks }] of queue) {
        if (isDelivered(stream, head)) {
          behind.delete(stream);
          continue;
        }
        const stands = await streams.headOf(stream);
        if (stands >= head || looks >= MAX_LOOKS) behind.delete(stream);
        else behind.set(stream, { head, looks: looks + 1 });
        if (isDelivered(stream, stands)) continue;
        readers.forget(stream);
        // Asked after the head was read: who is no reader now isn't told. [RA3]
        const userIds = isConversation(stream)
          ? (await readers.read(stream)).map(({ userId }) => userId)
          : [ownerOf(stream)];
        inOrder.passed(stream, stands);
        for (const userId of userIds) {
          for (const socket of sockets.ofUser(userId) ?? []) {
            const named = heads.get(socket) ?? {};
            named[stream] = stands;
            heads.set(socket, named);
          }
        }
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } finally {
      for (const [socket, named] of heads) socket.emit('heads', named);
    }
  }

  return { close: () => clearInterval(timer) };
}
