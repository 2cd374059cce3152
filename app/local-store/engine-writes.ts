import type { UserId } from '#protocol/ids.ts';
import type { Changes } from '#protocol/live.ts';
import { isKnown, type MessageRecord } from '#protocol/record.ts';
import { applyAnswers, applyLive, applyRun, type Pulled } from './apply.ts';
import { coalesced } from './coalesced.ts';
import { forgetLeft } from './drop.ts';
import { damagedOf, giveUpDamaged, repairsOf, withoutRows } from './held-rows.ts';
import type { EngineStore, LocalStore } from './local-store.ts';
import { beginAttempt, requeueOps } from './outbox-rows.ts';
import type { NotedWrites } from './recent-writes.ts';
import { discardOp, retryOp } from './retry.ts';
import type { Rows } from './rows.ts';
import { settleResults } from './settle.ts';
import { cancelMessage, editText, restoreOps, takeBackOps } from './waiting.ts';

export interface Transactions {
  read<T>(body: (rows: Rows) => Promise<T>): Promise<T>;
  write<T>(body: (rows: Rows) => Promise<T>): Promise<T>;
  expect: NotedWrites['expect'];
}

/**
 * What the engine needs of the store, what changes ops that wait or were refused, and what removes a chat from the device. It is
 * fetched with the engine, because it is not needed for seeing chats and writing messages.
 */
export function engineWrites(
  { read, write, expect }: Transactions,
  userId: UserId,
): EngineStore & Pick<LocalStore, 'editText' | 'cancel' | 'restore' | 'retry' | 'discard' | 'takeBack' | 'forgetLeft'> {
  const applyPulled = coalesced((pulled: readonly Pulled[]) => write((rows) => applyAnswers(rows, userId, pulled)));
  // A burst takes few transactions, because each of them is a flush to the disk, for which the person's own writes would wait.
  const applyTogether = coalesced((changes: readonly Changes[]) => write((rows) => applyLive(rows, userId, changes)));
  return {
    withoutRows: () => read(withoutRows),
    check: async (streams) => {
      const damaged = await read((rows) => damagedOf(rows, userId, streams));
      // Checked again in the transaction that writes.
      return damaged.length === 0 ? [] : write((rows) => giveUpDamaged(rows, userId, damaged));
    },
    repairs: () => read(repairsOf),
    applyPage: (answer, asked) => applyPulled({ answer, asked }),
    async applyChanges(changes) {
      const { isShown, end } = expect(othersMessages(changes, userId));
      try {
        if (isShown) await nextTask();
        return await applyTogether(changes);
      } finally {
        end();
      }
    },
    applyHistory: (asked, answer) => write((rows) => applyRun(rows, userId, asked, answer)),
    beginAttempt: (ids, at = new Date().toISOString()) => write((rows) => beginAttempt(rows, ids, at)),
    settle: (results) => write((rows) => settleResults(rows, userId, results)),
    requeue: (ids, error) => write((rows) => requeueOps(rows, ids, error)),
    editText: (text, change) => write((rows) => editText(rows, userId, text, change)),
    cancel: (change) => write((rows) => cancelMessage(rows, userId, change)),
    restore: (removed) => write((rows) => restoreOps(rows, userId, removed)),
    retry: (id, newId) => write((rows) => retryOp(rows, id, newId)),
    discard: (id) => write((rows) => discardOp(rows, userId, id)),
    takeBack: (ids) => write((rows) => takeBackOps(rows, userId, ids)),
    forgetLeft: (stream) => write((rows) => forgetLeft(rows, stream)),
  };
}

/** The person's own messages come from another device, or are here already. They are less urgent, and change the outbox too. */
function othersMessages({ records }: Changes, self: UserId): MessageRecord[] {
  return records.filter(
    (record) => isKnown(record) && record.type === 'message' && record.senderId !== self,
  ) as MessageRecord[];
}

/** A timer may come several tasks later, and in a hidden tab a second. */
function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
