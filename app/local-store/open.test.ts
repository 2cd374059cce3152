import { Dexie } from 'dexie';
import { IDBFactory, forceCloseDatabase } from 'fake-indexeddb';
import { afterEach, describe, expect, it } from 'vitest';
import { personalStream, type ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { LocalStore } from './local-store.ts';
import { describeLocalStore } from './testing/local-store.contract.ts';
import { openLocalStore } from './open.ts';
import { openDatabase } from './opened.ts';
import { ann, at, messages, newGroup, nextUser, send } from './testing/records.fixture.ts';
import { loadEngineWrites } from '#app/local-store/testing/whole-store.ts';
import { databaseName, declareTables } from './tables.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';
import { opened, plainOpen } from './testing/opened-store.fixture.ts';

startFakeIndexedDb();

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

  it('[REL-11] [SH5] keeps every row when it upgrades the version before the runs, and fetches again what that version did not know', async () => {
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

  it('[REL-11] notices that its database was deleted, even if the browser closed it without asking', async () => {
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
