import { Dexie } from 'dexie';
import { IDBFactory, IDBObjectStore as FDBObjectStore, forceCloseDatabase } from 'fake-indexeddb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { personalStream, type ConversationId, type MediaId, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { openDevice, type Device } from './device.ts';
import type { LocalStore } from './local-store.ts';
import { backingOver } from './dexie-backing.ts';
import { filesOf } from './files.ts';
import { keptFilesOf } from './kept-files.ts';
import { describeLocalStore } from './testing/local-store.contract.ts';
import { openLocalStore, wipePerson } from './open.ts';
import { openDatabase } from './opened.ts';
import { ann, at, bootstrap, messages, newGroup, nextUser, pulled, send } from './testing/records.fixture.ts';
import { StoreRefused } from './refused.ts';
import { loadEngineWrites, wholeStoreOver } from '#app/local-store/testing/whole-store.ts';
import { openSearchIndex } from './search-index.ts';
import { databaseName, declareTables, filesDatabaseName, keptFilesDatabaseName, searchDatabaseName } from './tables.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';

startFakeIndexedDb();

async function opened(userId: UserId, onLetGo?: (why: string) => void): Promise<LocalStore> {
  const store = await openLocalStore(
    userId,
    onLetGo === undefined ? { loadEngineWrites } : { loadEngineWrites, onLetGo },
  );
  if (!store.ok) throw new Error(store.failure);
  return store.value;
}

describeLocalStore('in IndexedDB', () => {
  const tabs: LocalStore[] = [];
  return {
    async tab() {
      const store = await opened(ann);
      tabs.push(store);
      return store;
    },
    async close() {
      for (const tab of tabs) tab.close();
      await Dexie.delete(databaseName(ann));
    },
  };
});

/** The native connection that a call opened, to keep open or to kill, as browsers do. */
function plainOpen(name: string, version: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(request.error?.name));
  });
}

/** Dexie multiplies it by ten. */
const VERSION = declareTables('of no person').verno;

/** As the first version declared them. */
const FIRST_TABLES = {
  conversations: 'stream',
  members: '[stream+userId]',
  messages: '[stream+seq], [stream+id]',
  outbox: 'id, order, stream',
  drafts: 'stream',
  cursors: 'stream',
  people: 'id',
  facts: 'key',
};

describe('opening', () => {
  const usual = Dexie.dependencies;
  afterEach(() => {
    Dexie.dependencies = usual;
  });
  const failing = (name: string) => {
    const factory = new IDBFactory();
    factory.open = () => {
      throw new DOMException('no', name);
    };
    Dexie.dependencies = { ...usual, indexedDB: factory };
  };

  it('[ask 31] reports missing storage if the browser has none or forbids it', async () => {
    Dexie.dependencies = { ...usual, indexedDB: undefined as never };
    expect(await openLocalStore(nextUser(), { loadEngineWrites })).toEqual({ ok: false, failure: 'missing' });
    failing('SecurityError');
    expect(await openLocalStore(nextUser(), { loadEngineWrites })).toEqual({ ok: false, failure: 'missing' });
  });

  it('[REL-11] reports broken storage if it does not open', async () => {
    failing('UnknownError');
    expect(await openLocalStore(nextUser(), { loadEngineWrites })).toEqual({ ok: false, failure: 'broken' });
  });

  it('[REL-11] [REL-14] reports a database of a newer version, and changes nothing in it', async () => {
    const user = nextUser();
    const newer = declareTables(databaseName(user));
    newer.version(VERSION + 1).stores({ polls: 'id' });
    await newer.open();
    newer.close();
    expect(await openLocalStore(user, { loadEngineWrites })).toEqual({ ok: false, failure: 'newer' });
    const plain = await plainOpen(databaseName(user), 10 * (VERSION + 1));
    expect([...plain.objectStoreNames]).toContain('polls');
    plain.close();
  });

  it('[REL-11] keeps conversations that were created here when it upgrades an older database', async () => {
    const user = nextUser();
    const [stream, other] = [newGroup(), newGroup()];
    const old = new Dexie(databaseName(user));
    old.version(1).stores(FIRST_TABLES);
    const row = { lastSeq: 0, historyStart: 0, isWhole: true, unread: 0, counted: 0, activityAt: at(1) };
    const creation = { title: 'Trip', memberIds: [ann] };
    await old.table('conversations').bulkPut([
      { ...row, stream, begun: creation },
      { ...row, stream: other },
    ]);
    old.close();
    const store = await opened(user);
    const { counted: _counted, ...read } = row;
    expect([await store.conversation(stream), await store.conversation(other)]).toEqual([
      { ...read, stream, creation },
      { ...read, stream: other },
    ]);
    store.close();
  });

  it('[REL-11] [SH5] keeps every row when it upgrades the version before the runs, and reads again what it did not know', async () => {
    const user = nextUser();
    const stream = newGroup();
    const old = new Dexie(databaseName(user));
    old.version(4).stores({
      ...FIRST_TABLES,
      messages: '[stream+seq], [stream+id], [stream+rev]',
      edits: 'id',
    });
    const held = messages(stream, 51, 60);
    const row = { stream, lastSeq: 60, historyStart: 51, isWhole: false, unread: 0, activityAt: at(1) };
    await old.table('conversations').put({ ...row, counted: 0 });
    await old.table('messages').bulkPut(held);
    await old.table('cursors').bulkPut([
      { stream, rev: 70, records: 0 },
      { stream: personalStream(user), rev: 9, records: 0 },
    ]);
    old.close();
    const store = await opened(user);
    await store.enqueue([send(stream)], at(1));
    expect(await store.conversation(stream)).toEqual(row);
    expect(await store.messages(stream, {})).toEqual(held);
    expect(await store.cursors()).toEqual({ [stream]: 70 });
    store.close();
  });

  it('[REL-11] keeps every message when it upgrades a version that had a row for each', async () => {
    const user = nextUser();
    const [stream, other] = [newGroup(), newGroup()].toSorted() as [ConversationId, ConversationId];
    const old = new Dexie(databaseName(user));
    old.version(7).stores({
      ...FIRST_TABLES,
      messages: '[stream+seq], [stream+id], [stream+rev]',
      edits: 'id',
      scheduled: 'id',
      sendings: 'id',
    });
    const held = new Map([
      [stream, messages(stream, 7, 4_990)],
      [other, messages(other, 1, 3)],
    ]);
    const row = { historyStart: 1, isWhole: true, unread: 0, counted: 0, activityAt: at(1) };
    for (const [each, all] of held) {
      await old.table('conversations').put({ ...row, stream: each, lastSeq: all.at(-1)?.seq });
      await old.table('messages').bulkPut(all);
    }
    old.close();
    const store = await opened(user);
    for (const [each, all] of held) {
      expect(await store.messages(each, {})).toEqual(all);
      for (const one of [all[0], all.at(-1)] as MessageRecord[]) expect(await store.message(each, one.id)).toEqual(one);
      const rev = all.at(-2)?.rev ?? 0;
      expect(await store.messagesAfter(each, rev)).toEqual(all.slice(-1));
    }
    store.close();
  });

  it('[REL-11] reports that it is waiting for another tab, and opens as soon as that tab closes the database', async () => {
    const user = nextUser();
    // A tab of an older version that keeps its connection.
    const old = await plainOpen(databaseName(user), 5);
    const tables = declareTables(databaseName(user));
    let opening: Promise<unknown> | undefined;
    await new Promise<void>((resolve) => {
      opening = openDatabase(tables, resolve, 0);
    });
    expect(tables.isOpen()).toBe(false);
    old.close();
    expect(await opening).toBeUndefined();
    expect(tables.isOpen()).toBe(true);
    tables.close();
  });

  it('[REL-11] notices that its database was deleted, also if the browser closed it without asking', async () => {
    const user = nextUser();
    const letGo: string[] = [];
    const store = await opened(user, (why) => letGo.push(why));
    await store.enqueue([send(newGroup())], at(1));
    await Dexie.delete(databaseName(user));
    expect(letGo).toEqual(['gone']);
    await expect(store.outbox()).rejects.toMatchObject({ why: 'closed' });

    const connections: IDBDatabase[] = [];
    const open = indexedDB.open.bind(indexedDB);
    indexedDB.open = (...given) => {
      const request = open(...given);
      request.addEventListener('success', () => connections.push(request.result));
      return request;
    };
    try {
      const again = await opened(user, (why) => letGo.push(why));
      await again.enqueue([send(newGroup())], at(1));
      forceCloseDatabase(connections.at(-1) as never);
      await Dexie.delete(databaseName(user));
      await again.outbox().catch(() => undefined);
      expect(letGo).toEqual(['gone', 'gone']);
      await new Promise((resolve) => setTimeout(resolve));
      await expect(again.outbox()).rejects.toMatchObject({ why: 'closed' });
    } finally {
      indexedDB.open = open;
    }
  });

  it('[ask 35] closes at once for a newer version, and rejects further calls', async () => {
    const user = nextUser();
    const letGo: string[] = [];
    const store = await opened(user, (why) => letGo.push(why));
    const op = send(newGroup());
    await store.enqueue([op], at(1));
    const newer = declareTables(databaseName(user));
    newer.version(VERSION + 1).stores({ polls: 'id' });
    expect(await openDatabase(newer)).toBeUndefined();
    expect(letGo).toEqual(['newer']);
    await expect(store.enqueue([send(newGroup())], at(2))).rejects.toMatchObject({
      name: 'StoreRefused',
      why: 'closed',
    });
    await expect(store.outbox()).rejects.toMatchObject({ why: 'closed' });
    expect((await newer.outbox.toArray()).map(({ id }) => id)).toEqual([op.id]);
    newer.close();
  });
});

describe('wiping', () => {
  const isThere = async (user: UserId) => Dexie.exists(databaseName(user));

  it('[SEC-49] [CL6] removes a person while another tab has the database open, and that tab does not bring it back', async () => {
    const user = nextUser();
    let hasLetGo = 0;
    const other = await opened(user, () => (hasLetGo += 1));
    await other.enqueue([send(newGroup())], at(1));
    await wipePerson(user);
    expect([await isThere(user), hasLetGo]).toEqual([false, 1]);
    await expect(other.enqueue([send(newGroup())], at(1))).rejects.toBeInstanceOf(StoreRefused);
    await expect(other.conversations()).rejects.toBeInstanceOf(StoreRefused);
    expect(await isThere(user)).toBe(false);
    expect(await (await opened(user)).outbox()).toEqual([]);
  });

  it('[CL6] deletes a database that cannot be emptied', async () => {
    const user = nextUser();
    const store = await opened(user);
    await store.enqueue([send(newGroup())], at(1));
    store.close();
    const clear = vi.spyOn(FDBObjectStore.prototype, 'clear').mockImplementation(() => {
      throw new DOMException('the disk is broken', 'UnknownError');
    });
    await wipePerson(user);
    expect(clear).toHaveBeenCalled();
    clear.mockRestore();
    expect(await isThere(user)).toBe(false);
  });

  it('[SEC-49] empties the database even if a frozen tab keeps it open, and deletes it when that tab ends', async () => {
    const user = nextUser();
    const store = await opened(user);
    await store.enqueue([send(newGroup())], at(1));
    store.close();
    const frozen = await plainOpen(databaseName(user), 10 * VERSION);
    await wipePerson(user, 0);
    const rows = await new Promise((resolve) => {
      const request = frozen.transaction('outbox').objectStore('outbox').getAll();
      request.onsuccess = () => resolve(request.result);
    });
    expect(rows).toEqual([]);
    frozen.close();
    await Dexie.delete(databaseName(user));
    expect(await isThere(user)).toBe(false);
  });
});

describe('wiping files and the search index', () => {
  it('[SEC-49] empties them even if a frozen tab keeps their databases open, and creates none that was not there', async () => {
    const user = nextUser();
    const id = 'local_1' as MediaId;
    const file = { id, stream: 'g:chat' as ConversationId, content: new Blob(['content']) };
    await filesOf(user).add([{ ...file, facts: { name: 'x' }, addedAt: 0 }]);
    await keptFilesOf(user).keep({ ...file, mime: 'image/png', disposition: 'inline' });
    const index = openSearchIndex(user);
    await index.add({
      epoch: 'first',
      bytes: new Uint8Array(4),
      streams: [{ stream: file.stream, rev: 1, runs: [1, 4] }],
    });
    const frozen = await Promise.all([
      plainOpen(filesDatabaseName(user), 30),
      plainOpen(searchDatabaseName(user), 10),
      plainOpen(keptFilesDatabaseName(user), 10),
    ]);
    await wipePerson(user, 0);
    const counts = frozen.flatMap((database) =>
      [...database.objectStoreNames].map(
        (name) =>
          new Promise((resolve) => {
            const request = database.transaction(name).objectStore(name).count();
            request.onsuccess = () => resolve(request.result);
          }),
      ),
    );
    expect(new Set(await Promise.all(counts))).toEqual(new Set([0]));
    for (const database of frozen) database.close();
    const other = nextUser();
    await wipePerson(other);
    expect((await Dexie.getDatabaseNames()).filter((name) => name.endsWith(other))).toEqual([]);
  });
});

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

  it('[ask 30] loses and repeats nothing when it is killed during writes and reads', async () => {
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
      // As in browsers, the transaction ends with this error, whatever its requests report.
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

describe('the device', () => {
  const usual = indexedDB;
  afterEach(() => {
    globalThis.indexedDB = usual;
  });
  async function device(name: string): Promise<Device> {
    const opened = await openDevice(undefined, name);
    if (!opened.ok) throw new Error(opened.failure);
    return opened.value;
  }

  it('[CL6] has a database of its own for what belongs to nobody', async () => {
    const { set, get, remove, close } = await device('teamlink-device-test');
    await set('a', '1');
    await set('a', '2');
    expect([await get('a'), await get('b')]).toEqual(['2', undefined]);
    await remove('a');
    expect(await get('a')).toBeUndefined();
    close();
    await expect(get('a')).rejects.toThrow('the device is closed');
  });

  it('keeps what an earlier version of the app stored through Dexie', async () => {
    const old = new Dexie('teamlink-device-old');
    old.version(1).stores({ entries: 'key' });
    await old.table('entries').put({ key: 'a', value: '1' });
    old.close();
    const { get, close } = await device('teamlink-device-old');
    expect(await get('a')).toBe('1');
    close();
  });

  it('[ask 30] continues on a new connection after the browser has ended the one it had', async () => {
    const connections: IDBDatabase[] = [];
    const factory = new IDBFactory();
    const open = factory.open.bind(factory);
    factory.open = (...given) => {
      const request = open(...given);
      request.addEventListener('success', () => connections.push(request.result));
      return request;
    };
    globalThis.indexedDB = factory;
    const { set, get, close } = await device('teamlink-device-lost');
    await set('a', '1');
    // With and without the event that tells of it.
    forceCloseDatabase(connections[0] as never);
    expect(await get('a')).toBe('1');
    connections[1]?.close();
    await set('a', '2');
    expect([await get('a'), connections.length]).toEqual(['2', 3]);
    close();
  });

  it('[ask 31] [REL-11] reports storage that is missing, forbidden, broken or of a newer version', async () => {
    globalThis.indexedDB = undefined as never;
    expect(await openDevice(undefined, 'none')).toEqual({ ok: false, failure: 'missing' });
    for (const [name, failure] of [
      ['SecurityError', 'missing'],
      ['UnknownError', 'broken'],
      ['VersionError', 'newer'],
    ] as const) {
      const factory = new IDBFactory();
      factory.open = () => {
        throw new DOMException('no', name);
      };
      globalThis.indexedDB = factory;
      expect(await openDevice(undefined, 'none')).toEqual({ ok: false, failure });
    }
  });
});
