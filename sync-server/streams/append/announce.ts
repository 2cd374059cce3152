import { type ConversationId, isConversation } from '#protocol/ids.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import type { StreamMove } from '#server/streams/entry-store.ts';
import type { Entry } from '#server/streams/entry.ts';
import type { ComposedOp } from './compose.ts';
import type { StreamQueue } from './stream-queue.ts';

/** What the queue's batch does to its stream. `now`: milliseconds. */
export function moveOf({ stream, batch, state }: StreamQueue, now: number): StreamMove {
  const hasMessage = batch.some(({ records }) => records.some(({ type }) => type === 'message'));
  const [first] = batch as [ComposedOp];
  return { stream, prev: (first.entries[0] as Entry).rev - 1, head: state?.tail ?? 0, messageAt: hasMessage ? now : 0 };
}

/** The announcement of ops that have just been stored; the queue notes the stream's new tail and last seq. */
export function announcementOf(queue: StreamQueue, stored: readonly ComposedOp[]): Announcement {
  const records = stored.flatMap((op) => op.records);
  const last = stored.at(-1) as ComposedOp;
  const cursor = (records.at(-1) as { rev: number }).rev;
  const prev = (records[0] as { rev: number }).rev - 1;
  const lastSeq = records.reduce(
    (seq, record) => (record.type === 'message' ? Math.max(seq, record.seq) : seq),
    queue.stored?.lastSeq ?? 0,
  );
  queue.stored = { tail: cursor, lastSeq };
  const announcement = {
    stream: queue.stream,
    prev,
    cursor,
    records,
    readers: last.readers,
    membershipRev: last.membershipRev,
  };
  return isConversation(queue.stream) ? announcement : { ...announcement, carried: stored.flatMap(carriedBy) };
}

/** A projected membership names its conversation, unless the member has left: from then on they learn nothing about it. [RA3] */
function carriedBy({ entries: [root], records: [record] }: ComposedOp): [ConversationId, number][] {
  // Marks and settings have `named` as well; only a projection has a source rev.
  if (root?.sourceRev === undefined || root.named !== undefined) return [];
  return record?.type === 'membership' && record.leftAt === undefined ? [[record.conversation, root.sourceRev]] : [];
}
