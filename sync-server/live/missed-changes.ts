import { type StreamId, type UserId, isConversation, isGroup, isPersonal, ownerOf } from '#protocol/ids.ts';
import { type Log, safeError } from '#server/logging.ts';
import type { StreamReads } from '#server/streams/stream-reads.ts';
import type { DeliveryOrder } from './delivery-order.ts';
import type { LiveSocket, OpenSockets } from './open-sockets.ts';
import type { ReaderCache } from './reader-cache.ts';

const POLL_EVERY_MS = 1_500;
/** How far back each poll reads again, because commits become visible out of order, and a new primary's clock may be behind. */
const OVERLAP_MS = 3_000;
/** For this many polls after the last move, polls read the overlap again; after that nothing older can appear. */
const POLLS_WITH_OVERLAP = 5;
/** A hint is raised before its entries exist, and may stay too high after a crash, so entries are awaited for this many polls. */
const MAX_POLLS = 8;
const MAX_PARALLEL_READS = 8;

interface MissedChangesParts {
  reads: Pick<StreamReads, 'movedSince' | 'headOf'>;
  sockets: OpenSockets;
  readers: ReaderCache;
  deliveryOrder: DeliveryOrder;
  onPersonalStreamMoved: (userId: UserId) => void;
  log: Log;
  everyMs?: number | undefined;
}

/** A stream that may be ahead of what was delivered here. */
interface Lagging {
  stream: StreamId;
  /** The head to reach, an upper bound. */
  head: number;
  polls: number;
}

/**
 * If several servers share a database, streams also move through another server. If this server was not notified, because there
 * is no bus or a message was lost, devices learn it by `heads` within two polls. The cost grows with how much moved, not with how
 * much exists. [LV5]
 */
export function startMissedChanges(parts: MissedChangesParts): { close(): void } {
  const { reads, sockets, readers, deliveryOrder, onPersonalStreamMoved, log, everyMs = POLL_EVERY_MS } = parts;
  const lagging = new Map<StreamId, Lagging>();
  /** The heads that the last poll saw, so that a stream is not handled again for the same move. */
  let handled = new Map<StreamId, number>();
  let newest: number | undefined;
  let quietPolls = 0;
  let isPolling = false;
  const timer = setInterval(() => {
    if (isPolling) return;
    isPolling = true;
    poll()
      .catch((error: unknown) => log.debug({ error: safeError(error) }, 'streams that moved could not be read'))
      .finally(() => (isPolling = false));
  }, everyMs);
  timer.unref();

  async function poll(): Promise<void> {
    if (newest === undefined) {
      // Devices that connect from now on pull by themselves.
      ({ newest } = await reads.movedSince());
      return;
    }
    // Streams that lagged at the last poll have had their time to be delivered.
    const due = [...lagging.values()];
    const isQuiet = quietPolls > POLLS_WITH_OVERLAP;
    const moved = await reads.movedSince(isQuiet ? newest + 1 : Math.max(1, newest - OVERLAP_MS));
    quietPolls = moved.newest > newest ? 0 : quietPolls + 1;
    newest = Math.max(newest, moved.newest);
    await sendHeads(due);
    const before = handled;
    handled = new Map();
    for (const [stream, head] of moved.heads) {
      handled.set(stream, head);
      if ((before.get(stream) ?? 0) < head && !isDelivered(stream, head) && mayHaveReaders(stream))
        lagging.set(stream, { stream, head, polls: 0 });
    }
  }

  function isDelivered(stream: StreamId, head: number): boolean {
    return (deliveryOrder.cursorOf(stream) ?? 0) >= head;
  }

  /** Whether somebody on this server may read it. A stream's name tells its readers, except for groups. */
  function mayHaveReaders(stream: StreamId): boolean {
    if (isGroup(stream)) return true;
    if (isPersonal(stream)) onPersonalStreamMoved(ownerOf(stream));
    return stream
      .slice(2)
      .split('.')
      .some((userId) => sockets.ofUser(userId as UserId) !== undefined);
  }

  async function sendHeads(due: Lagging[]): Promise<void> {
    const heads = new Map<LiveSocket, Record<StreamId, number>>();
    const queue = due.values();
    const work = async () => {
      for (const each of queue) await checkOne(each, heads);
    };
    try {
      await Promise.all(Array.from({ length: MAX_PARALLEL_READS }, work));
    } finally {
      for (const [socket, named] of heads) socket.emit('heads', named);
    }
  }

  async function checkOne(
    { stream, head, polls }: Lagging,
    heads: Map<LiveSocket, Record<StreamId, number>>,
  ): Promise<void> {
    if (isDelivered(stream, head)) return void lagging.delete(stream);
    const current = await reads.headOf(stream);
    if (current >= head || polls >= MAX_POLLS) lagging.delete(stream);
    else lagging.set(stream, { stream, head, polls: polls + 1 });
    if (isDelivered(stream, current)) return;
    readers.forget(stream);
    // Read after the head, so that a person who can no longer read the stream is not notified. [RA3]
    const userIds = isConversation(stream)
      ? (await readers.read(stream)).map(({ userId }) => userId)
      : [ownerOf(stream)];
    deliveryOrder.skipTo(stream, current);
    for (const userId of userIds) {
      for (const socket of sockets.ofUser(userId) ?? []) {
        const named = heads.get(socket) ?? {};
        named[stream] = current;
        heads.set(socket, named);
      }
    }
  }

  return { close: () => clearInterval(timer) };
}
