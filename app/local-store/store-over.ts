import type { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import { applyAnswer, applyRun, applyStep } from './apply.ts';
import type { ConversationRow, LocalStore } from './local-store.ts';
import { beginAttempt, enqueueOps, requeueOps } from './outbox-rows.ts';
import { discardOp, retryOp } from './retry.ts';
import type { Backing, StoredConversation } from './rows.ts';
import { settleResults } from './settle.ts';
import { readSeqOf } from './unread.ts';

/** The local store over whatever keeps the rows: each method one transaction, each rule in a file of its own. */
export function storeOver({ read, write, observe, close }: Backing, userId: UserId): LocalStore {
  return {
    userId,

    conversations: () => read(async (rows) => (await rows.conversations.toArray()).map(shown)),
    conversation: (stream) =>
      read(async (rows) => {
        const row = await rows.conversations.get(stream);
        return row === undefined ? undefined : shown(row);
      }),
    members: (stream) => read(async (rows) => rows.membersOf(stream)),
    people: (ids) =>
      read(async (rows) => {
        const found = await rows.people.bulkGet([...ids]);
        return new Map(found.flatMap((person) => (person === undefined ? [] : [[person.id, person]])));
      }),
    knownPeople: () =>
      read(async (rows) =>
        (await rows.people.toArray())
          .filter((person) => person.id !== userId)
          .toSorted((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)),
      ),
    messages: (stream, { fromSeq = 0, limit }) =>
      read(async (rows) => {
        const start = (await rows.conversations.get(stream))?.historyStart ?? 0;
        return start === 0 ? [] : rows.messagesOf(stream, Math.max(fromSeq, start), Number.MAX_SAFE_INTEGER, limit);
      }),
    message: (stream, id) => read(async (rows) => rows.messageById(stream, id)),
    outbox: (stream) => read(async (rows) => rows.outboxOf(stream)),
    draft: (stream) => read(async (rows) => (await rows.drafts.get(stream))?.text ?? ''),
    drafts: () =>
      read(
        async (rows) =>
          new Map((await rows.drafts.toArray()).map(({ stream, text }): [ConversationId, string] => [stream, text])),
      ),
    observe,

    enqueue: (ops, queuedAt) => write((rows) => enqueueOps(rows, userId, ops, queuedAt)),
    retry: (id, newId) => write((rows) => retryOp(rows, id, newId)),
    discard: (id) => write((rows) => discardOp(rows, userId, id)),
    saveDraft: (stream, text) =>
      write(async (rows) => {
        if (text === '') await rows.drafts.delete(stream);
        else await rows.drafts.put({ stream, text });
      }),
    rememberPeople: (people) => write(async (rows) => void (await rows.people.bulkPut(people))),

    epoch: () => read(async (rows) => (await rows.facts.get('epoch'))?.value),
    cursors: () =>
      read(async (rows) => {
        const held = await rows.cursors.toArray();
        return Object.fromEntries(held.map(({ stream, rev }) => [stream, rev])) as Record<StreamId, number>;
      }),
    applyPage: (answer, asked) => write((rows) => applyAnswer(rows, userId, answer, asked)),
    applyChanges: (changes) => write((rows) => applyStep(rows, userId, changes)),
    applyHistory: (asked, answer) => write((rows) => applyRun(rows, userId, asked, answer)),
    beginAttempt: (ids) => write((rows) => beginAttempt(rows, ids)),
    settle: (results) => write((rows) => settleResults(rows, userId, results)),
    requeue: (ids) => write((rows) => requeueOps(rows, ids)),

    close,
  };
}

/** The row as it is read: one's own mark counts from the moment it was made. */
function shown(stored: StoredConversation): ConversationRow {
  const { ownRead: _mark, counted: _counted, ...row } = stored;
  return row.membership === undefined ? row : { ...row, membership: { ...row.membership, readSeq: readSeqOf(stored) } };
}
