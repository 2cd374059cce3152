import type { ConversationId } from '#protocol/ids.ts';
import type { OutboxRow } from './local-store.ts';
import { nameOfKey, rowKeys } from './row-keys.ts';
import type { Rows, RowTable } from './rows.ts';

/** Dexie reports which rows a write has changed if there are fewer than 50; otherwise it reports only the table. */
export const NAMED_AT_ONCE = 49;

export interface BatchedRows {
  rows: Rows;
  /** Writes the collected rows. To be called before the transaction ends. */
  flush(): Promise<void>;
}

/**
 * The rows of one transaction, which caches reads by key and collects writes: an answer touches about ten rows of each
 * conversation, and a database request for each of them would cost more than everything else in a catch-up. Reading or removing
 * rows by a range sees what was written before. A row that was read must not be changed in place.
 */
export function batchedRows(rows: Rows): BatchedRows {
  const tables = {
    conversations: batchedTable(rows.conversations, rowKeys.conversations, NAMED_AT_ONCE),
    members: batchedTable(rows.members, rowKeys.members),
    messages: batchedTable(rows.messages, rowKeys.messages),
    drafts: batchedTable(rows.drafts, rowKeys.drafts),
    cursors: batchedTable(rows.cursors, rowKeys.cursors),
    people: batchedTable(rows.people, rowKeys.people, NAMED_AT_ONCE),
    facts: batchedTable(rows.facts, rowKeys.facts),
  };
  const { conversations, members, messages } = tables;
  const outbox = listedOutbox(rows);
  return {
    rows: {
      ...rows,
      ...tables,
      ...outbox,
      conversationsAfter: (...range) => conversations.flush().then(() => rows.conversationsAfter(...range)),
      conversationKeys: () => conversations.flush().then(() => rows.conversationKeys()),
      membersOf: (stream) => members.flush().then(() => rows.membersOf(stream)),
      countMembers: (stream) => members.flush().then(() => rows.countMembers(stream)),
      messagesOf: (...range) => messages.flush().then(() => rows.messagesOf(...range)),
      messagesAfter: (stream, rev) => messages.flush().then(() => rows.messagesAfter(stream, rev)),
      countMessages: (...range) => messages.flush().then(() => rows.countMessages(...range)),
      messageById: (stream, id) => messages.flush().then(() => rows.messageById(stream, id)),
      dropMessages: (stream, below) => messages.forget().then(() => rows.dropMessages(stream, below)),
      dropMembers: (stream) => members.forget().then(() => rows.dropMembers(stream)),
    },
    async flush() {
      // One short request first: between it and the others, which copy all rows, the page can do something else.
      await tables.cursors.flush();
      await Promise.all(Object.values(tables).map((table) => table.flush()));
    },
  };
}

interface BatchedTable<T, K> extends RowTable<T, K> {
  flush(): Promise<void>;
  /** Flushes, and forgets everything that was read. */
  forget(): Promise<void>;
}

function batchedTable<T, K extends string | readonly (string | number)[]>(
  table: RowTable<T, K>,
  keyOf: (row: T) => K,
  atOnce = Number.MAX_SAFE_INTEGER,
): BatchedTable<T, K> {
  const known = new Map<string, T | undefined>();
  const toPut = new Map<string, T>();
  const toDelete = new Map<string, K>();

  function put(row: T): void {
    const name = nameOfKey(keyOf(row));
    known.set(name, row);
    toPut.set(name, row);
    toDelete.delete(name);
  }
  function remove(key: K): void {
    const name = nameOfKey(key);
    known.set(name, undefined);
    toPut.delete(name);
    toDelete.set(name, key);
  }
  async function bulkGet(keys: K[]): Promise<(T | undefined)[]> {
    const unknown = keys.filter((key) => !known.has(nameOfKey(key)));
    if (unknown.length > 0) {
      const found = await table.bulkGet(unknown);
      for (const [at, key] of unknown.entries()) known.set(nameOfKey(key), found[at]);
    }
    return keys.map((key) => known.get(nameOfKey(key)));
  }
  async function flush(): Promise<void> {
    const [rows, keys] = [[...toPut.values()], [...toDelete.values()]];
    toPut.clear();
    toDelete.clear();
    for (let at = 0; at < rows.length; at += atOnce) await table.bulkPut(rows.slice(at, at + atOnce));
    if (keys.length > 0) await table.bulkDelete(keys);
  }
  async function forget(): Promise<void> {
    await flush();
    known.clear();
  }
  return {
    get: async (key) => (await bulkGet([key]))[0],
    bulkGet,
    put: async (row) => put(row),
    bulkPut: async (rows) => rows.forEach(put),
    delete: async (key) => remove(key),
    bulkDelete: async (keys) => keys.forEach(remove),
    clear: () => forget().then(() => table.clear()),
    toArray: () => flush().then(() => table.toArray()),
    flush,
    forget,
  };
}

/** The outbox is short and rarely changed by an answer, so it is read once instead of for each conversation. */
function listedOutbox(rows: Rows): Pick<Rows, 'outbox' | 'outboxOf'> {
  let listed: OutboxRow[] | undefined;
  const changed = <R>(result: R): R => {
    listed = undefined;
    return result;
  };
  const { outbox } = rows;
  return {
    outbox: {
      get: (id) => outbox.get(id),
      bulkGet: (ids) => outbox.bulkGet(ids),
      toArray: () => outbox.toArray(),
      put: (row) => changed(outbox.put(row)),
      bulkPut: (all) => changed(outbox.bulkPut(all)),
      delete: (id) => changed(outbox.delete(id)),
      bulkDelete: (ids) => (ids.length === 0 ? Promise.resolve() : changed(outbox.bulkDelete(ids))),
      clear: () => changed(outbox.clear()),
    },
    async outboxOf(stream?: ConversationId) {
      listed ??= await rows.outboxOf();
      return stream === undefined ? listed : listed.filter((row) => row.stream === stream);
    },
  };
}
