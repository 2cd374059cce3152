import type { Connection } from 'mongoose';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConversationId, type UserId, directStream } from '#protocol/ids.ts';
import { createMongoEntryStore } from '#server/streams/mongo-entry-store.ts';
import { op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob } from '#server/streams/testing/people.fixture.ts';
import { createWorld } from '#server/streams/testing/world.fixture.ts';
import { type Database, openDatabase } from './connect.ts';
import { migrateToFormat2 } from './migration.ts';
import { type Fresh, targets } from './testing/targets.fixture.ts';

type Raw = Record<string, unknown> & { _id: string };

const direct = directStream(ann, bob);
const created = '2026-11-24T10:00:00.000Z';
const base = { user: ann, current: true, at: 5 };
const member = (userId: UserId, rev: number) => ({
  id: `${direct}/${userId}`,
  stream: direct,
  rev,
  type: 'member',
  userId,
  name: userId.toUpperCase(),
  role: 'member',
  joinedAt: created,
  readSeq: 0,
  deliveredSeq: 0,
});
const part = (n: number, userId: UserId) => ({
  ...base,
  _id: `create/${n}`,
  stream: direct,
  rev: n,
  part: n,
  of: 3,
  type: 'member',
  id: `${direct}/${userId}`,
  body: JSON.stringify(member(userId, n)),
  join: n,
  room: n,
  from: 1,
});
const projection = (userId: UserId, src: number) => ({
  key: `create/${userId}`,
  userId,
  conversation: direct,
  role: 'member',
  joinedAt: created,
  src,
});

/** The state after version 1 was killed: a chat whose last member and whose projections exist only in the plan. */
const entries: Raw[] = [
  {
    ...base,
    _id: 'create',
    stream: direct,
    rev: 1,
    part: 1,
    of: 3,
    type: 'conversation',
    id: direct,
    body: JSON.stringify({
      id: direct,
      stream: direct,
      rev: 1,
      type: 'conversation',
      kind: 'direct',
      createdAt: created,
      createdBy: ann,
      history: 'all',
    }),
    pending: true,
    plan: JSON.stringify({
      parts: [part(2, ann), part(3, bob)],
      projections: [projection(ann, 2), projection(bob, 3)],
    }),
  },
  part(2, ann),
  { _id: 'refused', user: bob, for: direct, at: 7, gone: 7, answer: '{"ok":false}' },
  {
    ...base,
    _id: 'mark',
    stream: 'u:eve',
    rev: 1,
    for: direct,
    part: 1,
    of: 1,
    type: 'membership',
    id: 'x',
    current: false,
    gone: 9,
    old: ['before'],
    dlv: 3,
    src: 2,
  },
  ...Array.from({ length: 1_200 }, (_, at): Raw => ({
    ...base,
    _id: `message ${at}`,
    stream: 'g:old',
    rev: at + 1,
    part: 1,
    of: 1,
    type: 'message',
    id: `message ${at}`,
    seq: at + 1,
    first: true,
    body: '{}',
  })),
];

describe.each(targets)('a database of format 1 on $name', ({ fresh }) => {
  let place: Fresh;
  afterEach(() => place.remove());

  async function changed(work: (connection: Connection) => Promise<void>): Promise<void> {
    const database = await openDatabase(place.options);
    await work(database.connection);
    await database.close();
  }
  const raw = (connection: Connection, name: string) => connection.collection<Raw>(name);

  /** A database with the indexes, the number and the documents of version 1. */
  async function madeByVersion1(
    then: (connection: Connection) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    place = await fresh();
    await changed(async (connection) => {
      const collection = raw(connection, 'entries');
      for (const name of ['seq', 'prunable', 'batches']) await collection.dropIndex(name);
      await collection.createIndex(
        { stream: 1, seq: 1 },
        { name: 'seq', unique: true, partialFilterExpression: { first: true } },
        {},
      );
      await collection.createIndex({ gone: 1 }, { name: 'gone', partialFilterExpression: { gone: { $gt: 0 } } }, {});
      await collection.insertMany(entries);
      await raw(connection, 'heads').insertOne({ _id: direct, head: 3, at: 4 });
      await raw(connection, 'meta').updateOne({ _id: 'database' }, { $set: { format: 1 } });
      await then(connection);
    });
  }

  async function expectMigrated({ connection }: Pick<Database, 'connection'>): Promise<void> {
    const all = await raw(connection, 'entries').find({}).sort({ _id: 1 }).toArray();
    expect(all.length).toBe(entries.length);
    const old = new Set(['for', 'of', 'first', 'at', 'old', 'gone', 'src', 'join', 'room', 'from', 'dlv']);
    expect(all.filter((entry) => Object.keys(entry).some((name) => old.has(name)))).toEqual([]);
    expect(all.find(({ _id }) => _id === 'mark')).toEqual({
      _id: 'mark',
      stream: 'u:eve',
      rev: 1,
      user: ann,
      named: direct,
      part: 1,
      partCount: 1,
      type: 'membership',
      id: 'x',
      current: false,
      storedAt: 5,
      prunableSince: 9,
      replaced: ['before'],
      deliveredSeq: 3,
      sourceRev: 2,
    });
    expect(all.find(({ _id }) => _id === 'refused')).toEqual({
      _id: 'refused',
      user: bob,
      named: direct,
      storedAt: 7,
      prunableSince: 7,
      answer: '{"ok":false}',
    });
    const indexes = await raw(connection, 'entries').listIndexes().toArray();
    expect(indexes.find(({ name }) => name === 'seq')).toMatchObject({ partialFilterExpression: { isFirst: true } });
    expect(indexes.map(({ name }) => String(name))).not.toContain('gone');
    expect(await raw(connection, 'meta').findOne({ _id: 'database' })).not.toHaveProperty('migratingFrom');
  }

  it('is rewritten at the first start, and a half-done op in it is finished', async () => {
    await madeByVersion1();
    const said: string[] = [];
    const database = await openDatabase({ ...place.options, onProgress: (line) => said.push(line) });
    await expectMigrated(database);
    expect(said.join('\n')).toMatch(/format 1: .*\nall 1204 entries have format 2/);
    const store = createMongoEntryStore(database);
    expect(await store.lastSeq('g:old' as ConversationId)).toBe(1_200);
    expect((await store.hints([direct])).get(direct)).toEqual({ head: 3, messageAt: 4 });
    const world = await createWorld({ store });
    expect(await world.ok(bob, op.send(direct, 'after all'))).toMatchObject({ rev: 4, seq: 1 });
    expect((await world.pull(bob)).streams.map(({ stream }) => stream)).toEqual([`u:${bob}`, direct]);
    await world.streams.close();
    await database.close();

    await changed(async (connection) => {
      expect(await raw(connection, 'entries').countDocuments({ at: { $exists: true } })).toBe(0);
    });
    expect(said.length).toBe(2);
  });

  it('is finished by the next start when the migration was killed halfway, and version 1 refuses it meanwhile', async () => {
    await madeByVersion1(async (connection) => {
      let pages = 0;
      const dying = {
        collection: (name: string) =>
          new Proxy(connection.collection(name), {
            get(target, property) {
              if (property === 'bulkWrite' && ++pages > 1) return () => Promise.reject(new Error('killed'));
              const value: unknown = Reflect.get(target, property);
              return typeof value === 'function' ? (value.bind(target) as unknown) : value;
            },
          }),
      } as Pick<Connection, 'collection'>;
      await expect(migrateToFormat2(dying, () => undefined)).rejects.toThrow('killed');
      const left = await raw(connection, 'entries').countDocuments({ at: { $exists: true } });
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThan(entries.length);
      // Version 1 refuses every number above its own.
      expect(await raw(connection, 'meta').findOne({ _id: 'database' })).toMatchObject({ format: 2, migratingFrom: 1 });
    });
    await changed((connection) => expectMigrated({ connection }));
  });
});
