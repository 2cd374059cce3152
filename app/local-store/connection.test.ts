import { forceCloseDatabase } from 'fake-indexeddb';
import { describe, expect, it } from 'vitest';
import { backingOver } from './dexie-backing.ts';
import { openDatabase } from './opened.ts';
import { ann, at, bootstrap, messages, newGroup, nextUser, pulled, send } from './testing/records.fixture.ts';
import { wholeStoreOver } from '#app/local-store/testing/whole-store.ts';
import { databaseName, declareTables } from './tables.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';

startFakeIndexedDb();

describe('a connection', () => {
  async function connected() {
    const tables = declareTables(databaseName(nextUser()));
    expect(await openDatabase(tables)).toBeUndefined();
    const kill = () => forceCloseDatabase(tables.backendDB() as never);
    return { tables, kill, store: wholeStoreOver(backingOver(tables), ann) };
  }

  it('[CL1] writes to the disk before it reports success, if the browser has that option', async () => {
    const asked: unknown[] = [];
    const plain = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function transaction(names, mode, options) {
      if (mode === 'readwrite') asked.push(options);
      return plain.call(this, names, mode, options);
    };
    try {
      const { tables, store } = await connected();
      const op = send(newGroup());
      await store.enqueue([op], at(1));
      await store.beginAttempt([op.id]);
      tables.close();
    } finally {
      IDBDatabase.prototype.transaction = plain;
    }
    expect(asked).toEqual([{ durability: 'strict' }, { durability: 'strict' }]);
  });

  it('[ask 30] is reopened when it is killed between two writes', async () => {
    const { tables, kill, store } = await connected();
    const ops = Array.from({ length: 8 }, () => send(newGroup()));
    for (const op of ops) {
      await store.enqueue([op], at(1));
      kill();
    }
    expect((await store.outbox()).map(({ id }) => id)).toEqual(ops.map(({ id }) => id));
    tables.close();
  });

  it('[ask 30] nothing is lost or repeated when it is killed during writes and reads', async () => {
    const { tables, kill, store } = await connected();
    const stream = newGroup();
    await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
    const ops = Array.from({ length: 12 }, () => send(stream));
    const writes = ops.map((op) => store.enqueue([op], at(1)));
    const reads = [store.messages(stream, {}), store.outbox()];
    let kills = 0;
    const killer = (async () => {
      while (kills < 3) {
        await new Promise((resolve) => setImmediate(resolve));
        if (tables.isOpen()) kills += 1;
        if (tables.isOpen()) kill();
      }
    })();
    await Promise.all([...writes, ...reads, killer]);
    expect(kills).toBe(3);
    expect((await store.outbox()).map(({ id }) => id)).toEqual(ops.map(({ id }) => id));
    tables.close();
  });

  it('[ask 30] continues to serve a live query under which it is killed', async () => {
    const { tables, kill, store } = await connected();
    const stream = newGroup();
    const received = new Promise<number>((resolve, reject) => {
      let isFirst = true;
      store.observe(
        async () => (await store.outbox()).length,
        (count) => {
          if (isFirst) {
            kill();
            void store.enqueue([send(stream)], at(1));
          }
          isFirst = false;
          if (count === 1) resolve(count);
        },
        reject,
      );
    });
    expect(await received).toBe(1);
    tables.close();
  });

  it('[REL-10] reports an exceeded quota, keeps what was stored, and works again when there is space', async () => {
    const { tables, store } = await connected();
    const [kept, refused] = [send(newGroup()), send(newGroup())];
    await store.enqueue([kept], at(1));
    const plain = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function put(this: IDBObjectStore, ...row) {
      const request = plain.apply(this, row);
      // As in browsers, the transaction ends with this error, whichever errors its requests report.
      (this.transaction as unknown as { _abort(name: string): void })._abort('QuotaExceededError');
      return request;
    };
    try {
      await expect(store.enqueue([refused], at(1))).rejects.toMatchObject({ name: 'StoreRefused', why: 'full' });
    } finally {
      IDBObjectStore.prototype.put = plain;
    }
    expect((await store.outbox()).map(({ id }) => id)).toEqual([kept.id]);
    await store.enqueue([refused], at(1));
    expect(await store.outbox()).toHaveLength(2);
    tables.close();
  });
});
