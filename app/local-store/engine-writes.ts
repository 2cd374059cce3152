import type { UserId } from '#protocol/ids.ts';
import { applyAnswers, applyRun, applyStep, type Pulled } from './apply.ts';
import { coalesced } from './coalesced.ts';
import { damagedOf, giveUpDamaged, repairsOf, withoutRows } from './held-rows.ts';
import type { EngineStore, LocalStore } from './local-store.ts';
import { beginAttempt, requeueOps } from './outbox-rows.ts';
import { discardOp, retryOp } from './retry.ts';
import type { Rows } from './rows.ts';
import { settleResults } from './settle.ts';
import { cancelMessage, editText, restoreOps } from './waiting.ts';

export interface Transactions {
  read<T>(body: (rows: Rows) => Promise<T>): Promise<T>;
  write<T>(body: (rows: Rows) => Promise<T>): Promise<T>;
}

/**
 * What the engine asks of the store, and what changes ops that wait or were refused. It is fetched with the engine: nobody needs it
 * to see their chats and to write.
 */
export function engineWrites(
  { read, write }: Transactions,
  userId: UserId,
): EngineStore & Pick<LocalStore, 'editText' | 'cancel' | 'restore' | 'retry' | 'discard'> {
  const applyPulled = coalesced((pulled: readonly Pulled[]) => write((rows) => applyAnswers(rows, userId, pulled)));
  return {
    withoutRows: () => read(withoutRows),
    check: async (streams) => {
      const damaged = await read((rows) => damagedOf(rows, userId, streams));
      // Checked again in the transaction that writes.
      return damaged.length === 0 ? [] : write((rows) => giveUpDamaged(rows, userId, damaged));
    },
    repairs: () => read(repairsOf),
    applyPage: (answer, asked) => applyPulled({ answer, asked }),
    applyChanges: (changes) => write((rows) => applyStep(rows, userId, changes)),
    applyHistory: (asked, answer) => write((rows) => applyRun(rows, userId, asked, answer)),
    beginAttempt: (ids) => write((rows) => beginAttempt(rows, ids)),
    settle: (results) => write((rows) => settleResults(rows, userId, results)),
    requeue: (ids) => write((rows) => requeueOps(rows, ids)),
    editText: (text, change) => write((rows) => editText(rows, userId, text, change)),
    cancel: (change) => write((rows) => cancelMessage(rows, userId, change)),
    restore: (removed) => write((rows) => restoreOps(rows, userId, removed)),
    retry: (id, newId) => write((rows) => retryOp(rows, id, newId)),
    discard: (id) => write((rows) => discardOp(rows, userId, id)),
  };
}
