import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { countThatFit, mostWithin, sizeOf } from './byte-budget.ts';
import type { Entry, Held } from './entry.ts';
import type { MemberRecord } from '#protocol/record.ts';
import type { PageRequest, Page } from './page-request.ts';
import type { BootstrapRange } from './unfinished-bootstraps.ts';
import { visible } from './visibility.ts';

/** The rest of a bootstrap after a cursor, or the first part of that rest. */
interface Part {
  entries: readonly Entry[];
  /** Up to this rev, the records contain everything that belongs to the bootstrap. */
  end: number;
}

/** A page of a bootstrap after its first one, which has fixed the range. [VB5] */
export async function laterBootstrapPage(
  asked: PageRequest<ConversationId>,
  member: Held<MemberRecord>,
  head: number,
  range: BootstrapRange,
): Promise<Page> {
  const { unfinished, caller, stream, cursor = 0, left, bytesLeft, bytesAlone, isFirst } = asked;
  const part = (await nextPart(asked, cursor, range)) ?? (await wholeRest(asked, cursor, range));
  const reader = { userId: caller.userId, fromSeq: member.hidden.fromSeq ?? 1 };
  const records = visible(part.entries, reader).sort((a, b) => a.rev - b.rev);
  const isLast = part.end === range.head && records.length <= left;
  const size = sizeOf(records);
  if (isLast && size <= bytesLeft) return { stream, records, cursor: range.head, more: head > range.head };
  // It fits into an answer of its own.
  if (isLast && size <= bytesAlone && !isFirst) return 'full';
  const fitting = Math.min(left, countThatFit(records, bytesLeft));
  if (fitting === 0 && !isFirst) return 'full';
  const taken = records.slice(0, Math.max(1, fitting));
  const next = records[taken.length];
  const end = next === undefined ? part.end : next.rev - 1;
  if (end === range.head) return { stream, records: taken, cursor: end, more: head > end };
  unfinished.endedAt(caller, stream, end, range);
  return { stream, records: taken, cursor: end, more: true };
}

/**
 * As many entries as can fit, so that all pages of a large group together read its members once. Undefined if most of them are
 * messages from before the window, which no page of a bootstrap contains.
 */
async function nextPart({ store, stream, left, bytesLeft }: PageRequest, cursor: number, range: BootstrapRange) {
  const most = mostWithin(left, bytesLeft) + 1;
  const read = await store.feed(stream, cursor, most);
  const entries = read.filter((entry) => entry.rev <= range.head && isInRange(entry, range));
  const last = read.at(-1)?.rev ?? range.head;
  const end = read.length < most || last > range.head ? range.head : last;
  const part: Part = { entries, end };
  return end < range.head && entries.length < read.length / 2 ? undefined : part;
}

function isInRange({ type, seq = 0 }: Entry, { windowFrom }: BootstrapRange): boolean {
  return type !== 'message' || (windowFrom !== undefined && seq >= windowFrom);
}

async function wholeRest({ store, stream }: PageRequest, cursor: number, range: BootstrapRange): Promise<Part> {
  const { windowFrom, head } = range;
  const frame = await store.current(stream, ['conversation', 'member']);
  // What was sent since the first page has revs above its head.
  const bounds = { after: (windowFrom ?? 0) - 1, before: (windowFrom ?? 0) + limits.window };
  const window =
    windowFrom === undefined
      ? []
      : await store.messages(stream, { ...bounds, limit: limits.window, newestFirst: false });
  return { entries: [...frame, ...window].filter(({ rev }) => rev > cursor && rev <= head), end: head };
}
