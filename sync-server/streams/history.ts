import { type Failure, syncError } from '#protocol/errors.ts';
import { ANSWER_BYTES, HISTORY_DEFAULT } from '#protocol/limits.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { parse } from '#protocol/shape.ts';
import { type HistoryAnswer, HistoryRequest } from '#protocol/verbs.ts';
import { countWithin, mostWithin, PAGE_FRAME_BYTES } from './byte-budget.ts';
import type { EntryStore } from './entry-store.ts';
import { readMember } from './stream-state.ts';
import type { Caller } from './streams.ts';
import { visible } from './visibility.ts';

/** Messages by seq. With `after` it reads forward from there, with `before` alone backward from there, with neither backward from the newest. [VB8] */
export function createHistory(
  store: EntryStore,
): (caller: Caller, request: unknown) => Promise<HistoryAnswer | Failure> {
  return async ({ userId }, request) => {
    const parsed = parse(HistoryRequest, request);
    if (!parsed.ok) return { error: parsed.error };
    const { stream, before, after, limit = HISTORY_DEFAULT, maxBytes = ANSWER_BYTES } = parsed.value;
    const missing = { error: syncError('not_found', 'no such conversation', { path: 'stream' }) };
    const member = await readMember(store, stream, userId);
    if (member === undefined || member.record.leftAt !== undefined) return missing;
    const fromSeq = member.hidden.fromSeq ?? 1;
    const newestFirst = after === undefined;
    const bytes = maxBytes - PAGE_FRAME_BYTES;
    const most = mostWithin(limit, bytes);
    const entries = await store.messages(stream, {
      after: Math.max(after ?? 0, fromSeq - 1),
      before: before ?? Number.MAX_SAFE_INTEGER,
      limit: most + 1,
      newestFirst,
    });
    // Read again after the scan, so that a removal in between, even if followed by a new adding, does not leak. [RA3] [RA4]
    const still = await readMember(store, stream, userId);
    if (still === undefined || still.record.leftAt !== undefined || still.hidden.joinedRev !== member.hidden.joinedRev)
      return missing;
    // At least one, however large, so that every answer brings the client further. [VB10]
    const count = Math.max(1, Math.min(most, countWithin(entries, bytes)));
    const records = visible(entries.slice(0, count), { userId, fromSeq })
      .filter((record): record is MessageRecord => record.type === 'message')
      .sort((a, b) => a.seq - b.seq);
    return { stream, records, more: entries.length > count };
  };
}
