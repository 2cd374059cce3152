import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { KnownRecord, MemberRecord } from '#protocol/record.ts';
import { bytesAsSent } from './byte-budget.ts';
import type { Entry, Held } from './entry.ts';
import type { Asked, Page } from './page-request.ts';
import type { BootstrapRange } from './unfinished-bootstraps.ts';
import { visible } from './visibility.ts';

/**
 * A whole conversation: its record, its members and its newest messages, cursor at the head. What changes while it is read
 * is above the head, and comes next. If that is too large for an answer, it comes in several pages in the order of revs,
 * each with a cursor that covers what was sent; `range` says what the pages before this one started. [VB4] [VB5]
 */
export async function bootstrap(
  asked: Asked<ConversationId>,
  member: Held<MemberRecord>,
  head: number,
  isReset: boolean,
  range?: BootstrapRange,
): Promise<Page> {
  const { store, unfinished, caller, stream, cursor = 0, left, bytesLeft, bytesAlone, isFirst } = asked;
  const { fromSeq = 1, joinedRev = 0 } = member.hidden;
  const frame = await store.current(stream, ['conversation', 'member']);
  if (range === undefined && frame.length + 1 > left && !isFirst) return 'full';
  const window =
    range === undefined
      ? await store.messages(stream, {
          after: fromSeq - 1,
          before: Number.MAX_SAFE_INTEGER,
          limit: Math.max(1, Math.min(limits.window, left - frame.length)),
          newestFirst: true,
        })
      : await windowOf(asked, range);
  const read = [...frame, ...window];
  const until = range?.head ?? head;
  const upToHead = read.filter(({ rev }) => rev <= until);
  // Without one of its messages a client could not tell where the history before them starts, so it asks again.
  if (range === undefined && window.length > 0 && !upToHead.some(({ type }) => type === 'message')) return 'full';
  const records = visible(upToHead, { userId: caller.userId, fromSeq }).sort((a, b) => a.rev - b.rev);
  const after = range === undefined ? 0 : cursor;
  const toSend = records.filter(({ rev }) => rev > after);
  const resetFlag = isReset ? { reset: true } : {};

  const isWithinLimit = range === undefined || toSend.length <= left;
  const size = sizeOf(toSend);
  if (size <= bytesLeft && isWithinLimit) {
    const more = range === undefined ? upToHead.length < read.length : head > until;
    return { stream, records: toSend, cursor: until, more, ...resetFlag };
  }
  // It fits into an answer of its own.
  if (size <= bytesAlone && isWithinLimit && !isFirst) return 'full';
  const lead = range === undefined ? records.filter((record) => isLead(record, member)) : [];
  const fitting = Math.min(left, countThatFit(toSend, bytesLeft - sizeOf(lead)));
  if (fitting === 0 && !isFirst) return 'full';
  const taken = toSend.slice(0, Math.max(1, fitting));
  const next = toSend[taken.length];
  if (next === undefined) return { stream, records: toSend, cursor: until, more: head > until, ...resetFlag };
  const end = next.rev - 1;
  const seqs = window.map(({ seq = Number.MAX_SAFE_INTEGER }) => seq);
  const windowFrom = seqs.length === 0 ? undefined : Math.min(...seqs);
  unfinished.endedAt(caller, stream, end, range ?? { head: until, windowFrom, joinedRev });
  return { stream, records: withLead(taken, lead), cursor: end, more: true, ...resetFlag };
}

/** The messages that the first page counted as the window. What was sent since then is above its head. */
async function windowOf({ store, stream }: Asked<ConversationId>, { windowFrom }: BootstrapRange): Promise<Entry[]> {
  if (windowFrom === undefined) return [];
  const bounds = { after: windowFrom - 1, before: windowFrom + limits.window };
  return store.messages(stream, { ...bounds, limit: limits.window, newestFirst: false });
}

/** What the list of conversations needs: the first page brings it, whatever its rev. */
function isLead(record: KnownRecord, member: Held<MemberRecord>): boolean {
  return record.type === 'conversation' || (record.type === 'member' && record.userId === member.record.userId);
}

function withLead(taken: readonly KnownRecord[], lead: readonly KnownRecord[]): KnownRecord[] {
  const last = taken.at(-1)?.rev ?? 0;
  return [...taken, ...lead.filter(({ rev }) => rev > last)];
}

function countThatFit(records: readonly KnownRecord[], bytes: number): number {
  let room = bytes;
  const first = records.findIndex((record) => (room -= bytesAsSent(record)) < 0);
  return first === -1 ? records.length : first;
}

function sizeOf(records: readonly KnownRecord[]): number {
  return records.reduce((sum, record) => sum + bytesAsSent(record), 0);
}
