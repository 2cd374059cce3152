import { type ConversationId, isConversation } from '#protocol/ids.ts';
import type { Announcement } from './announcement.ts';
import type { Composed } from './compose.ts';
import type { Hint } from './entry-store.ts';
import type { Lane } from './lane.ts';

/** What the stream's hint must be at least, before its batch is written. `now`: milliseconds. */
export function hintOf({ batch, state }: Lane, now: number): Hint {
  const says = batch.some(({ records }) => records.some(({ type }) => type === 'message'));
  return { head: state?.tail ?? 0, at: says ? now : 0 };
}

/** What a batch that stands tells its readers; the lane remembers how far its stream stands now. */
export function announcementOf(lane: Lane, landed: readonly Composed[]): Announcement {
  const records = landed.flatMap((composed) => composed.records);
  const last = landed.at(-1) as Composed;
  const cursor = (records.at(-1) as { rev: number }).rev;
  const prev = (records[0] as { rev: number }).rev - 1;
  const lastSeq = records.reduce(
    (seq, record) => (record.type === 'message' ? Math.max(seq, record.seq) : seq),
    lane.stored?.lastSeq ?? 0,
  );
  lane.stored = { tail: cursor, lastSeq };
  const announcement = {
    stream: lane.stream,
    prev,
    cursor,
    records,
    readers: last.readers,
    membershipRev: last.membershipRev,
  };
  return isConversation(lane.stream) ? announcement : { ...announcement, carried: landed.flatMap(carriedBy) };
}

/** One who is there no more is told nothing of the conversation. [RA3] */
function carriedBy({ entries: [root], records: [record] }: Composed): [ConversationId, number][] {
  // A mark or a setting names its conversation; what has a source and does not was carried here.
  if (root?.src === undefined || root.for !== undefined) return [];
  return record?.type === 'membership' && record.leftAt === undefined ? [[record.conversation, root.src]] : [];
}
