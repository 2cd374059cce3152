import type { ConversationId } from '#protocol/ids.ts';
import type { KnownRecord, MemberRecord } from '#protocol/record.ts';
import { countThatFit, sizeOf } from './byte-budget.ts';
import type { Held } from './entry.ts';
import type { PageRequest, Page } from './page-request.ts';
import { visible } from './visibility.ts';

/**
 * A whole conversation: its record, its members and its newest messages, cursor at the head. What changes while it is read
 * is above the head, and comes next. If that is too large for an answer, it comes in several pages in the order of revs,
 * each with a cursor that covers what was sent; this is the first one, and `later-bootstrap-pages.ts` makes the others. [VB4] [VB5]
 */
export async function bootstrap(
  asked: PageRequest<ConversationId>,
  member: Held<MemberRecord>,
  head: number,
  isReset: boolean,
): Promise<Page> {
  const { store, unfinished, caller, stream, left, bytesLeft, bytesAlone, isFirst } = asked;
  const { fromSeq = 1, joinedRev = 0 } = member.hidden;
  const frame = await store.current(stream, ['conversation', 'member']);
  if (frame.length + 1 > left && !isFirst) return 'full';
  const window = await store.messages(stream, {
    after: fromSeq - 1,
    before: Number.MAX_SAFE_INTEGER,
    limit: Math.max(1, Math.min(asked.window, left - frame.length)),
    newestFirst: true,
  });
  const read = [...frame, ...window];
  const upToHead = read.filter(({ rev }) => rev <= head);
  // Without one of its messages a client could not tell where the history before the window ends, so it asks again.
  if (window.length > 0 && !upToHead.some(({ type }) => type === 'message')) return 'full';
  const records = visible(upToHead, { userId: caller.userId, fromSeq }).sort((a, b) => a.rev - b.rev);
  const resetFlag = isReset ? { reset: true } : {};

  const size = sizeOf(records);
  if (size <= bytesLeft) return { stream, records, cursor: head, more: upToHead.length < read.length, ...resetFlag };
  // It fits into an answer of its own.
  if (size <= bytesAlone && !isFirst) return 'full';
  const lead = records.filter((record) => isLead(record, member));
  const fitting = Math.min(left, countThatFit(records, bytesLeft - sizeOf(lead)));
  if (fitting === 0 && !isFirst) return 'full';
  const taken = records.slice(0, Math.max(1, fitting));
  const next = records[taken.length];
  if (next === undefined) return { stream, records, cursor: head, more: false, ...resetFlag };
  const end = next.rev - 1;
  const seqs = window.map(({ seq = Number.MAX_SAFE_INTEGER }) => seq);
  const windowFrom = seqs.length === 0 ? undefined : Math.min(...seqs);
  unfinished.endedAt(caller, stream, end, { head, windowFrom, joinedRev });
  return { stream, records: withLead(taken, lead), cursor: end, more: true, ...resetFlag };
}

/** What the list of conversations needs: the first page contains it, whatever its rev. */
function isLead(record: KnownRecord, member: Held<MemberRecord>): boolean {
  return record.type === 'conversation' || (record.type === 'member' && record.userId === member.record.userId);
}

function withLead(taken: readonly KnownRecord[], lead: readonly KnownRecord[]): KnownRecord[] {
  const last = taken.at(-1)?.rev ?? 0;
  return [...taken, ...lead.filter(({ rev }) => rev > last)];
}
