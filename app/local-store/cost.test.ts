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

/** A store that notes each request to its database, and how many rows it writes. */
async function noting() {
  const tables = declareTables(databaseName(nextUser()));
  const requests: { table: string; written?: number }[] = [];
  tables.use({
    stack: 'dbcore',
    name: 'noting',
    create: (core) => ({
      ...core,
      table(name) {
        const table = core.table(name);
        const noted =
          <Asked, Answer>(ask: (asked: Asked) => Answer) =>
          (asked: Asked) => {
            requests.push({ table: name });
            return ask(asked);
          };
        return {
          ...table,
          get: noted(table.get),
          getMany: noted(table.getMany),
          query: noted(table.query),
          count: noted(table.count),
          mutate(asked) {
            requests.push({ table: name, written: 'values' in asked ? asked.values.length : 0 });
            return table.mutate(asked);
          },
        };
      },
    }),
  });
  expect(await openDatabase(tables)).toBeUndefined();
  return { store: wholeStoreOver(backingOver(tables), ann), requests };
}

it('[ask 12] an answer with many conversations takes as many requests to the database as one with a few', async () => {
  const { store, requests } = await noting();
  let rev = 0;
  const requestsFor = async (count: number) => {
    const groups = Array.from({ length: count }, newGroup);
    const joined = groups.map((group) => membership(group, { rev: (rev += 1) }));
    requests.length = 0;
    await store.applyPage(
      pulled([page(own, rev, joined), ...groups.map((group) => bootstrap(group, messages(group, 1, 2)))]),
    );
    return requests.length;
  };
  await requestsFor(1);
  const few = await requestsFor(2);
  expect(await requestsFor(45)).toBe(few);
  expect(few).toBeGreaterThan(5);
  store.close();
});

it('[ask 12] no request writes rows of more than 49 conversations, so that the page can do something else in between', async () => {
  const { store, requests } = await noting();
  const groups = Array.from({ length: 200 }, newGroup);
  const joined = groups.map((group, at) => membership(group, { rev: at + 1 }));
  await store.applyPage(
    pulled([page(own, 200, joined), ...groups.map((group) => bootstrap(group, messages(group, 1, 2)))]),
  );
  const most = (name: string) =>
    Math.max(...requests.map(({ table, written }) => (table === name ? (written ?? 0) : 0)));
  // Each has two members, and one row of messages.
  expect([most('conversations'), most('cursors'), most('packs'), most('members')]).toEqual([49, 49, 49, 98]);
  expect(await store.check([own, ...groups])).toEqual([]);
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

it('[LV4] live changes that arrive together are written in few transactions, and each has its own result', async () => {
  const tables = declareTables(databaseName(nextUser()));
  expect(await openDatabase(tables)).toBeUndefined();
  const backing = backingOver(tables);
  let writes = 0;
  const store = wholeStoreOver(
    {
      ...backing,
      write(body) {
        writes += 1;
        return backing.write(body);
      },
    },
    ann,
  );
  const groups = Array.from({ length: 60 }, newGroup);
  await store.applyPage(pulled(groups.map((group) => bootstrap(group, messages(group, 1, 2)))));
  writes = 0;
  const change = (stream: (typeof groups)[number], seq: number) => ({
    stream,
    prev: 9 + seq,
    cursor: 10 + seq,
    records: [message(stream, seq)],
  });
  // Two for each chat; in the last one there is a gap between them.
  const last = groups.at(-1);
  const burst = groups.flatMap((group) => [change(group, 3), change(group, group === last ? 5 : 4)]);
  const applied = await Promise.all(burst.map((each) => store.applyChanges(each)));
  expect(applied.slice(0, -1).every((each) => each === 'applied')).toBe(true);
  expect(applied.at(-1)).toBe('behind');
  expect(writes).toBe(2);
  const seqs = await Promise.all(groups.map(async (group) => (await store.conversation(group))?.lastSeq));
  expect(seqs).toEqual(groups.map((group) => (group === last ? 3 : 4)));
  expect(await store.check(groups)).toEqual([]);
  store.close();
});
