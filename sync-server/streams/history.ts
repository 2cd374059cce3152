import { type Failure, syncError } from '#protocol/errors.ts';
import { ANSWER_BYTES, HISTORY_DEFAULT } from '#protocol/limits.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { parse } from '#protocol/shape.ts';
import { type HistoryAnswer, HistoryRequest } from '#protocol/verbs.ts';
import { PAGE_FRAME_BYTES } from './byte-budget.ts';
import type { EntryStore } from './entry-store.ts';
import { entriesAround, entriesBetween, seqAt, type Bounds, type Run } from './history-runs.ts';
import { readMember } from './stream-state.ts';
import type { Caller } from './streams.ts';
import { visible } from './visibility.ts';

/**
 * Messages by seq. With `after` it reads forward from there, with `before` alone backward from there, with `around` in both
 * directions, and with none of these it reads backward from the newest message. [VB8] [VB12]
 */
export function createHistory(
  store: EntryStore,
): (caller: Caller, request: unknown) => Promise<HistoryAnswer | Failure> {
  return async ({ userId }, request) => {
    const parsed = parse(HistoryRequest, request);
    if (!parsed.ok) return { error: parsed.error };
    const { stream, before, after, around, limit = HISTORY_DEFAULT, maxBytes = ANSWER_BYTES } = parsed.value;
    if (around !== undefined && (before !== undefined || after !== undefined || Object.keys(around).length !== 1))
      return { error: syncError('invalid', 'must be one place, without other bounds', { path: 'around' }) };
    const missing = { error: syncError('not_found', 'no such conversation', { path: 'stream' }) };
    const member = await readMember(store, stream, userId);
    if (member === undefined || member.record.leftAt !== undefined) return missing;
    const fromSeq = member.hidden.fromSeq ?? 1;
    const bounds: Bounds = { fromSeq, limit, bytes: maxBytes - PAGE_FRAME_BYTES };
    let run: Run;
    if (around === undefined) run = await entriesBetween(store, stream, { before, after }, bounds);
    else {
      const seq = await seqAt(store, stream, around, fromSeq);
      if (seq === undefined) return { error: syncError('not_found', 'no such message', { path: 'around.id' }) };
      run = await entriesAround(store, stream, seq, bounds);
    }
    // Read again after the scan, so that nothing leaks if the reader was removed in between, even if they were added again. [RA3] [RA4]
    const still = await readMember(store, stream, userId);
    if (still === undefined || still.record.leftAt !== undefined || still.hidden.joinedRev !== member.hidden.joinedRev)
      return missing;
    const records = visible(run.entries, { userId, fromSeq })
      .filter((record): record is MessageRecord => record.type === 'message')
      .sort((a, b) => a.seq - b.seq);
    return { stream, records, more: run.more };
  };
}
