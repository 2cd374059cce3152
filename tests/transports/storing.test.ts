import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { SHARED_RECEIPT_MEMBERS } from '#protocol/limits.ts';
import type { Verb } from '#protocol/verbs.ts';
import { type Embedded, startEmbedded } from '#server/database/embedded/host.ts';
import { type TestServer, startTestServer } from '#server/testing/server.fixture.ts';
import { newGroup, op } from '#server/streams/testing/world.fixture.ts';
import { type DatabaseLink, startDatabaseLink } from './database-link.fixture.ts';
import {
  type Asker,
  done,
  fourPeople,
  groupOf,
  heard,
  history,
  memberOf,
  membershipOf,
  page,
  patiently,
  play,
  seen,
  toldBy,
  ways,
} from './way.fixture.ts';

/* What lies between the server and its database: a link that makes commands wait or fail, and a look from beside it. */

let folder: string;
let engine: Embedded;
let link: DatabaseLink;
let server: TestServer;
let beside: Connection;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teamlink-storing-'));
  engine = await startEmbedded({ dataDir: join(folder, 'd') });
  link = await startDatabaseLink(decodeURIComponent(engine.uri.replace('mongodb://', '')), folder);
  server = await startTestServer({ MONGODB_URI: link.uri });
  beside = await mongoose.createConnection(engine.uri, { dbName: 'teamlink' }).asPromise();
});
afterAll(async () => {
  await server.close();
  await beside.close();
  link.close();
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});
const stored = (filter: object) => beside.collection('entries').find(filter).toArray();

describe.each(ways)('what is stored over %s', (way) => {
  let ann: Asker;
  let bob: Asker;
  let eve: Asker;
  beforeAll(async () => {
    [ann, bob, eve] = (await fourPeople(server, way)) as [Asker, Asker, Asker];
  });

  it('[AP1] `ok` is answered only for what the database has', async () => {
    const [group, other] = [await groupOf(ann, bob), await groupOf(ann)];
    const sent = op.send(group, 'hello');
    const insert = link.begin('waits', 'insert', sent.id);
    const told: string[] = [];
    const sending = ann.ask('push', { ops: [sent] }).then(({ results }) => told.push(toldBy(results[0])));
    await insert.met;
    // Meanwhile the whole way there and back is open, for him too.
    expect(await history(ann, group)).toEqual([]);
    await done(ann, op.send(other, 'meanwhile'));
    expect(told).not.toContain('ok');
    expect(bob.socket.received('changes').filter(({ records }) => records.some(({ id }) => id === sent.id))).toEqual(
      [],
    );
    insert.end();
    await sending;
    await done(ann, sent);
    expect(await stored({ _id: sent.id as never })).toMatchObject([{ stream: group, seq: 1 }]);
  });

  it('[AP9] an op on several records and streams that was left half done is finished before later ops', async () => {
    const group = newGroup();
    const create = op.create(group, [bob.userId, eve.userId], { title: 'Half' });
    const insert = link.begin('is cut short', 'insert', create.id);
    const pushing = play([ann, create], [ann, op.send(group, 'later')]);
    await insert.met;
    expect(await stored({ stream: group })).toHaveLength(1);
    insert.end();
    expect(await pushing).toMatchObject([
      { stream: group, rev: 4 },
      { seq: 1, rev: 5 },
    ]);
    expect((await seen(eve, group)).map(({ type }) => type)).toEqual([
      'conversation',
      'member',
      'member',
      'member',
      'message',
    ]);
    for (const [who, role] of [
      [ann, 'owner'],
      [bob, 'member'],
      [eve, 'member'],
    ] as const)
      expect(await membershipOf(who, group)).toMatchObject({ role });
  });

  it('[RA4] a removal in the middle of a pull or of history does not leak', async () => {
    const removedAt = async (verb: Verb, hint: string, request: (stream: ConversationId) => object) => {
      const group = await groupOf(ann, bob);
      await done(ann, op.send(group, 'for both'));
      const scan = link.begin('waits', 'find', group, hint);
      const reading = patiently(bob, verb, request(group));
      await scan.met;
      await play([ann, op.remove(group, bob.userId)], [ann, op.send(group, 'behind his back')]);
      scan.end();
      return JSON.stringify(await reading).replace(group, 'group');
    };
    const gone = '"streams":[{"stream":"group","records":[],"cursor":0,"more":false,"reset":true}],"more":false';
    expect(await removedAt('pull', 'feed', (stream) => ({ cursors: { [stream]: 3 }, only: [stream] }))).toContain(gone);
    expect(await removedAt('pull', 'history', (stream) => ({ cursors: {}, only: [stream] }))).toContain(gone);
    expect(await removedAt('history', 'history', (stream) => ({ stream }))).toContain('"code":"not_found"');
  });

  it('[RC2] nothing of a deleted message is left in storage', async () => {
    const group = await groupOf(ann);
    const sent = op.send(group, 'a secret');
    await play(
      [ann, sent],
      [ann, op.pin(group, sent.id)],
      [ann, op.react(group, sent.id, '🤫')],
      [ann, op.edit(group, sent.id, 'another secret')],
    );
    expect(JSON.stringify(await stored({ stream: group }))).toContain('another secret');
    await done(ann, op.delete(group, sent.id));
    const left = JSON.stringify(await stored({ stream: group }));
    expect(left).toContain(sent.id);
    expect(left).not.toMatch(/secret|🤫/);
  });
});

// Side by side: an op is given up, and a mark is shared, only after a while.
describe.concurrent.each(ways)('what takes its time over %s', (way) => {
  let ann: Asker;
  let bob: Asker;
  beforeAll(async () => {
    [ann, bob] = (await fourPeople(server, way)) as [Asker, Asker];
  });

  it('[AP7] after a retryable failure every later op of that stream in the push is unavailable, without effect', async () => {
    const [failing, other] = [await groupOf(ann, bob), await groupOf(ann, bob)];
    const sent = op.send(failing, '1');
    const [later, beside] = [op.send(failing, '2'), op.send(other, 'beside')];
    const cursor = (await page(bob, failing))?.cursor;
    // The first write fails with all that goes with it; from then on this stream alone can't be read.
    const faults = [link.begin('fails', 'insert', sent.id), link.begin('fails', 'find', failing, 'commit')];
    const ops = [sent, op.settings(failing, { pinned: true }), beside, later];
    const { results } = await ann.ask('push', { ops });
    expect([0, 1, 3].map((at) => toldBy(results[at]))).toEqual(['unavailable', 'unavailable', 'unavailable']);
    // The other stream goes on all the while.
    await play([ann, beside]);
    expect((await history(bob, other)).map(({ text }) => text)).toEqual(['beside']);
    for (const fault of faults) fault.end();
    expect(await page(bob, failing, cursor)).toBeUndefined();
    expect(await membershipOf(ann, failing)).not.toHaveProperty('pinnedAt');
    // Sent again in their order they stand in it.
    await play([ann, { ...sent, retry: true }], [ann, { ...later, retry: true }]);
    expect((await history(bob, failing)).map(({ text }) => text)).toEqual(['1', '2']);
  });

  it(`[RD3] above ${SHARED_RECEIPT_MEMBERS} members nothing is shared; what was shared stays`, async () => {
    const users = Array.from({ length: SHARED_RECEIPT_MEMBERS - 1 }, (_, at) => ({
      name: `Member ${at}`,
      email: `${crypto.randomUUID()}@example.org`,
    }));
    const { insertedIds } = await beside.collection('user').insertMany(users);
    const [last, ...most] = Object.values(insertedIds).map((id) => String(id) as UserId) as [UserId, ...UserId[]];
    const [group, pair] = [newGroup(), await groupOf(ann, bob)];
    await play(
      [ann, op.create(group, [bob.userId, ...most])],
      ...['1', '2', '3'].map((text) => [ann, op.send(group, text)] as const),
      [ann, op.send(pair, '1')],
      [bob, op.mark(group, { readSeq: 1 })],
    );
    await heard(ann, group, 'readSeq', 1);
    await play([ann, op.add(group, last)], [bob, op.mark(group, { readSeq: 2 })], [bob, op.mark(pair, { readSeq: 1 })]);
    // Marks are shared in the order in which they were made, so the one before has had its turn; and an op behind it.
    await heard(ann, pair, 'readSeq', 1);
    await done(ann, op.send(group, 'behind it'));
    expect(await memberOf(ann, group, bob)).toMatchObject({ readSeq: 1, deliveredSeq: 1 });
    expect(await membershipOf(bob, group)).toMatchObject({ readSeq: 2 });
    await play([ann, op.remove(group, last)], [bob, op.mark(group, { readSeq: 3 })]);
    await heard(ann, group, 'readSeq', 3);
    expect(await memberOf(ann, group, bob)).toMatchObject({ readSeq: 3 });
  });
});
