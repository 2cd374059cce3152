import { Dexie } from 'dexie';
import { isPersonal, type ConversationId, type OpId, type UserId } from '#protocol/ids.ts';
import { applyAnswer, applyMessages, applyRecords, readSeqOf, recount } from './apply.ts';
import type { ConversationRow, LocalStore } from './local-store.ts';
import { openDatabase, type Opened } from './opened.ts';
import { enqueueOps, settleResults } from './outbox-rows.ts';
import { databaseName, declareTables, messagesBetween, type StoredConversation, type Tables } from './tables.ts';

/** The rows of one person on this device, in a database of their own. */
export async function openLocalStore(userId: UserId): Promise<Opened<LocalStore>> {
  const tables = declareTables(databaseName(userId));
  const failure = await openDatabase(tables);
  return failure === undefined ? { ok: true, value: storeOver(tables, userId) } : { ok: false, failure };
}

/** Leaves nothing of a person on the device. Other tabs must have closed theirs, or it waits for them. [CL6] */
export async function wipePerson(userId: UserId): Promise<void> {
  await Dexie.delete(databaseName(userId));
}

function storeOver(tables: Tables, userId: UserId): LocalStore {
  /** One write of everything, or of nothing. */
  const write = <T>(body: () => Promise<T>): Promise<T> => tables.transaction('rw', tables.tables, body);

  return {
    userId,

    conversations: async () => (await tables.conversations.toArray()).map(shown),
    conversation: async (stream) => {
      const row = await tables.conversations.get(stream);
      return row === undefined ? undefined : shown(row);
    },
    members: (stream) =>
      tables.members.where('[stream+userId]').between([stream, Dexie.minKey], [stream, Dexie.maxKey]).toArray(),
    people: async (ids) => {
      const found = await tables.people.bulkGet([...ids]);
      return new Map(found.flatMap((person) => (person === undefined ? [] : [[person.id, person]])));
    },
    knownPeople: async () =>
      (await tables.people.toArray())
        .filter((person) => person.id !== userId)
        .toSorted((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)),
    messages: async (stream, { fromSeq = 0, limit }) => {
      const row = await tables.conversations.get(stream);
      const from = Math.max(fromSeq, row?.historyStart ?? 0);
      const range = messagesBetween(tables, stream, from, Number.MAX_SAFE_INTEGER);
      if (limit === undefined) return range.toArray();
      return (await range.reverse().limit(limit).toArray()).toReversed();
    },
    message: (stream, id) => tables.messages.get({ stream, id }),
    outbox: async (stream) => {
      if (stream === undefined) return tables.outbox.orderBy('order').toArray();
      return tables.outbox.where({ stream }).sortBy('order');
    },
    draft: async (stream) => (await tables.drafts.get(stream))?.text ?? '',
    drafts: async () => new Map((await tables.drafts.toArray()).map(({ stream, text }) => [stream, text])),
    observe: (query, onValue, onError) => {
      const subscription = Dexie.liveQuery(query).subscribe(onValue, onError);
      return () => subscription.unsubscribe();
    },

    enqueue: (ops, queuedAt) => write(() => enqueueOps(tables, userId, ops, queuedAt)),
    retry: (id, newId) =>
      write(async () => {
        const row = await tables.outbox.get(id);
        if (row?.state !== 'failed') return;
        const { error: _refusal, ...rest } = row;
        await tables.outbox.delete(id);
        await tables.outbox.put({ ...rest, id: newId, op: { ...row.op, id: newId }, attempts: 0, state: 'queued' });
      }),
    discard: (id) => write(() => discard(tables, id)),
    saveDraft: async (stream, text) => {
      if (text === '') await tables.drafts.delete(stream);
      else await tables.drafts.put({ stream, text });
    },
    rememberPeople: async (people) => void (await tables.people.bulkPut([...people])),

    epoch: async () => (await tables.facts.get('epoch'))?.value,
    cursors: async () =>
      Object.fromEntries((await tables.cursors.toArray()).map(({ stream, rev }) => [stream, rev])) as Awaited<
        ReturnType<LocalStore['cursors']>
      >,
    applyPage: (answer) => write(() => applyAnswer(tables, userId, answer)),
    applyChanges: ({ stream, prev, cursor, records }) =>
      write(async () => {
        const held = (await tables.cursors.get(stream))?.rev;
        if ((held ?? 0) >= cursor) return 'ignored';
        // A conversation's first change names 0; a personal stream that was never pulled is not known from the middle.
        if ((held ?? 0) < prev || (held === undefined && isPersonal(stream) && prev > 0)) return 'behind';
        await applyRecords(tables, userId, stream, records, held === undefined);
        await tables.cursors.put({ stream, rev: cursor });
        return 'applied';
      }),
    applyHistory: ({ before }, answer) =>
      write(async () => {
        const row = await tables.conversations.get(answer.stream);
        // What was asked for no longer touches what is held: a reset came between, and these rows would leave a hole.
        if (row === undefined || (before !== undefined && row.historyStart > 0 && before !== row.historyStart)) return;
        const first = answer.records[0]?.seq ?? row.historyStart;
        const start = row.historyStart === 0 ? first : Math.min(row.historyStart, first);
        const opened = { ...row, historyStart: start, isWhole: !answer.more };
        const applied = await applyMessages(tables, userId, opened, answer.records);
        await tables.conversations.put(await recount(tables, userId, applied));
      }),
    beginAttempt: (ids) =>
      write(async () => {
        const rows = (await tables.outbox.bulkGet([...ids])).filter((row) => row !== undefined);
        await tables.outbox.bulkPut(
          rows.map((row) => ({ ...row, attempts: row.attempts + 1, state: 'sending' as const })),
        );
        return new Set(rows.filter((row) => row.attempts > 0).map((row) => row.id));
      }),
    settle: (results) => write(() => settleResults(tables, userId, results)),
    requeue: (ids) =>
      write(async () => {
        const rows = ids === undefined ? await tables.outbox.toArray() : await tables.outbox.bulkGet([...ids]);
        const under = rows.filter((row) => row?.state === 'sending');
        await tables.outbox.bulkPut(
          under.map((row) => ({ ...(row as NonNullable<typeof row>), state: 'queued' as const })),
        );
      }),

    close: () => tables.close(),
  };
}

/** The row as it is read: one's own mark counts from the moment it was made. */
function shown(stored: StoredConversation): ConversationRow {
  const { ownReadSeq: _mark, ...row } = stored;
  return row.membership === undefined ? row : { ...row, membership: { ...row.membership, readSeq: readSeqOf(stored) } };
}

/** Takes an op back. A chat that was never made goes with what was written in it. */
async function discard(tables: Tables, id: OpId): Promise<void> {
  const row = await tables.outbox.get(id);
  if (row === undefined) return;
  await tables.outbox.delete(id);
  if (row.op.kind !== 'conversation.create') return;
  const stream: ConversationId = row.op.stream;
  const conversation = await tables.conversations.get(stream);
  if (conversation?.record !== undefined) return;
  await tables.conversations.delete(stream);
  await tables.outbox.where({ stream }).delete();
  await tables.drafts.delete(stream);
}
