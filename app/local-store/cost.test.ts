import { expect, it } from 'vitest';
import { backingOver } from './dexie-backing.ts';
import type { ListChange } from './local-store.ts';
import { openDatabase } from './opened.ts';
import {
  ann,
  bootstrap,
  membership,
  message,
  messages,
  newGroup,
  nextUser,
  own,
  page,
  pulled,
} from './testing/records.fixture.ts';
import type { Rows } from './rows.ts';
import { wholeStoreOver } from '#app/local-store/testing/whole-store.ts';
import { databaseName, declareTables } from './tables.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';

startFakeIndexedDb();

/** A store that counts the messages that its writes read. */
async function counting() {
  const tables = declareTables(databaseName(nextUser()));
  expect(await openDatabase(tables)).toBeUndefined();
  const backing = backingOver(tables);
  let read = 0;
  const counted = (rows: Rows): Rows => ({
    ...rows,
    messages: {
      get: (key) => {
        read += 1;
        return rows.messages.get(key);
      },
      bulkGet: (keys) => {
        read += keys.length;
        return rows.messages.bulkGet(keys);
      },
      put: (row) => rows.messages.put(row),
      bulkPut: (all) => rows.messages.bulkPut(all),
      delete: (key) => rows.messages.delete(key),
      bulkDelete: (keys) => rows.messages.bulkDelete(keys),
      clear: () => rows.messages.clear(),
      toArray: () => rows.messages.toArray(),
    },
    messagesOf: async (...range) => {
      const found = await rows.messagesOf(...range);
      read += found.length;
      return found;
    },
  });
  const store = wholeStoreOver({ ...backing, write: (body) => backing.write((rows) => body(counted(rows))) }, ann);
  const readBy = async (act: () => Promise<unknown>) => {
    read = 0;
    await act();
    return read;
  };
  return { store, readBy };
}

it('[ask 12] an answer with many conversations takes as many requests to the database as one with a few', async () => {
  const tables = declareTables(databaseName(nextUser()));
  let requests = 0;
  tables.use({
    stack: 'dbcore',
    name: 'counting',
    create: (core) => ({
      ...core,
      table(name) {
        const table = core.table(name);
        const counted =
          <Asked, Answer>(ask: (asked: Asked) => Answer) =>
          (asked: Asked) => {
            requests += 1;
            return ask(asked);
          };
        return {
          ...table,
          get: counted(table.get),
          getMany: counted(table.getMany),
          query: counted(table.query),
          count: counted(table.count),
          mutate: counted(table.mutate),
        };
      },
    }),
  });
  expect(await openDatabase(tables)).toBeUndefined();
  const store = wholeStoreOver(backingOver(tables), ann);
  let rev = 0;
  const requestsFor = async (count: number) => {
    const groups = Array.from({ length: count }, newGroup);
    const joined = groups.map((group) => membership(group, { rev: (rev += 1) }));
    requests = 0;
    await store.applyPage(
      pulled([page(own, rev, joined), ...groups.map((group) => bootstrap(group, messages(group, 1, 2)))]),
    );
    return requests;
  };
  await requestsFor(1);
  const few = await requestsFor(2);
  expect(await requestsFor(45)).toBe(few);
  expect(few).toBeGreaterThan(5);
  store.close();
});

it('[ask 12] the live queries are told which chats an answer has changed, and not only that some have', async () => {
  const tables = declareTables(databaseName(nextUser()));
  expect(await openDatabase(tables)).toBeUndefined();
  const store = wholeStoreOver(backingOver(tables), ann);
  const groups = Array.from({ length: 120 }, newGroup);
  const changes: ListChange[] = [];
  const stop = store.onListChange((change) => changes.push(change));
  const memberships = groups.map((group, at) => membership(group, { rev: at + 1 }));
  await store.applyPage(pulled([page(own, 120, memberships)]));
  expect(new Set(changes.flatMap(({ conversations = [] }) => [...conversations]))).toEqual(new Set(groups));
  stop();
  store.close();
});

it('[ask 12] the cost of a page grows with the page, not with the number of messages held', async () => {
  const { store, readBy } = await counting();
  const stream = newGroup();
  const joined = (rev: number, readSeq: number) => pulled([page(own, rev, [membership(stream, { rev, readSeq })])]);
  await store.applyPage(joined(1, 0));
  await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 50))]));
  const missed = () => store.applyPage(pulled([page(stream, 3_010, messages(stream, 51, 3_000))]));
  expect(await readBy(missed)).toBe(0);
  expect((await store.conversation(stream))?.unread).toBe(3_000);
  // Muting and pinning do not move the mark.
  expect(await readBy(() => store.applyPage(joined(2, 0)))).toBe(0);
  expect(await readBy(() => store.applyPage(joined(3, 7)))).toBe(7);
  expect(await readBy(() => store.applyPage(joined(4, 2_990)))).toBe(10);
  expect(await readBy(() => store.applyPage(joined(5, 3_000)))).toBe(0);
  expect((await store.conversation(stream))?.unread).toBe(0);
  const edited = message(stream, 9, { rev: 3_011, text: 'new' });
  const change = { stream, prev: 3_010, cursor: 3_011, records: [edited] };
  expect(await readBy(() => store.applyChanges(change))).toBe(1);
  store.close();
});
