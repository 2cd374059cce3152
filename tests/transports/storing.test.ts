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
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { type DatabaseLink, startDatabaseLink } from './database-link.fixture.ts';
import { type Client, fourPeople, transports } from './clients.fixture.ts';
import { accepted, askUntilAvailable, groupOf, outcomeOf, pushEach } from './pushes.fixture.ts';
import { history, memberOf, membershipOf, page, receivedLive, recordsOf } from './reads.fixture.ts';

/* A link between the server and its database makes commands wait or fail; a second connection reads what is stored. */

let folder: string;
let engine: Embedded;
let link: DatabaseLink;
let server: TestServer;
let direct: Connection;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teamlink-storing-'));
  engine = await startEmbedded({ dataDir: join(folder, 'd') });
  link = await startDatabaseLink(decodeURIComponent(engine.uri.replace('mongodb://', '')), folder);
  server = await startTestServer({ MONGODB_URI: link.uri });
  direct = await mongoose.createConnection(engine.uri, { dbName: 'teamlink' }).asPromise();
});
afterAll(async () => {
  await server.close();
  await direct.close();
  link.close();
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});
const stored = (filter: object) => direct.collection('entries').find(filter).toArray();

describe.each(transports)('what is stored over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  let eve: Client;
  fourPeople(
    () => server,
    transport,
    (people) => ([ann, bob, eve] = people),
  );

  it('[AP1] `ok` is answered only after the database has stored the op', async () => {
    const [group, other] = [await groupOf(ann, bob), await groupOf(ann)];
    const sent = op.send(group, 'hello');
    const insert = link.inject('wait', 'insert', sent.id);
    const outcomes: string[] = [];
    const sending = ann.ask('push', { ops: [sent] }).then(({ results }) => outcomes.push(outcomeOf(results[0])));
    await insert.met;
    // Other ops and reads, of this person too, are answered meanwhile.
    expect(await history(ann, group)).toEqual([]);
    await accepted(ann, op.send(other, 'meanwhile'));
    expect(outcomes).not.toContain('ok');
    expect(bob.socket.received('changes').filter(({ records }) => records.some(({ id }) => id === sent.id))).toEqual(
      [],
    );
    insert.end();
    await sending;
    await accepted(ann, sent);
    expect(await stored({ _id: sent.id as never })).toMatchObject([{ stream: group, seq: 1 }]);
  });

  it('[AP9] a half-written op over several records and streams is finished before later ops', async () => {
    const group = newGroup();
    const create = op.create(group, [bob.userId, eve.userId], { title: 'Half' });
    const insert = link.inject('cut short', 'insert', create.id);
    const pushing = pushEach([ann, create], [ann, op.send(group, 'later')]);
    await insert.met;
    expect(await stored({ stream: group })).toHaveLength(1);
    insert.end();
    expect(await pushing).toMatchObject([
      { stream: group, rev: 4 },
      { seq: 1, rev: 5 },
    ]);
    expect((await recordsOf(eve, group)).map(({ type }) => type)).toEqual([
      'conversation',
      'member',
      'member',
      'member',
      'message',
    ]);
    for (const [client, role] of [
      [ann, 'owner'],
      [bob, 'member'],
      [eve, 'member'],
    ] as const)
      expect(await membershipOf(client, group)).toMatchObject({ role });
  });

  it('[RA4] a removal during a pull or a history read leaks nothing', async () => {
    const removedAt = async (verb: Verb, hint: string, request: (stream: ConversationId) => object) => {
      const group = await groupOf(ann, bob);
      await accepted(ann, op.send(group, 'for both'));
      const scan = link.inject('wait', 'find', group, hint);
      const reading = askUntilAvailable(bob, verb, request(group));
      await scan.met;
      await pushEach([ann, op.remove(group, bob.userId)], [ann, op.send(group, 'after the removal')]);
      scan.end();
      return JSON.stringify(await reading).replace(group, 'group');
    };
    const gone = '"streams":[{"stream":"group","records":[],"cursor":0,"more":false,"reset":true}],"more":false';
    expect(await removedAt('pull', 'feed', (stream) => ({ cursors: { [stream]: 3 }, only: [stream] }))).toContain(gone);
    expect(await removedAt('pull', 'history', (stream) => ({ cursors: {}, only: [stream] }))).toContain(gone);
    expect(await removedAt('history', 'history', (stream) => ({ stream }))).toContain('"code":"not_found"');
  });

  it('[RC2] [SEC-08] storage holds nothing of a deleted message', async () => {
    const group = await groupOf(ann);
    const sent = op.send(group, 'a secret');
    await pushEach(
      [ann, sent],
      [ann, op.pin(group, sent.id)],
      [ann, op.react(group, sent.id, '🤫')],
      [ann, op.edit(group, sent.id, 'another secret')],
    );
    expect(JSON.stringify(await stored({ stream: group }))).toContain('another secret');
    await accepted(ann, op.delete(group, sent.id));
    const remains = JSON.stringify(await stored({ stream: group }));
    expect(remains).toContain(sent.id);
    expect(remains).not.toMatch(/secret|🤫/);
  });
});

// Concurrent, because these tests wait for a deadline and for marks to be shared.
describe.concurrent.each(transports)('what takes a while over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  fourPeople(
    () => server,
    transport,
    (people) => ([ann, bob] = people),
  );

  it('[AP7] after a retryable failure every later op of that stream in the push is unavailable and has no effect', async () => {
    const [failing, other] = [await groupOf(ann, bob), await groupOf(ann, bob)];
    const sent = op.send(failing, '1');
    const [later, neighbour] = [op.send(failing, '2'), op.send(other, 'neighbour')];
    const cursor = (await page(bob, failing))?.cursor;
    // The first write fails with its whole batch; from then on only this stream cannot be read.
    const faults = [link.inject('fail', 'insert', sent.id), link.inject('fail', 'find', failing, 'commit')];
    const ops = [sent, op.settings(failing, { pinned: true }), neighbour, later];
    const { results } = await ann.ask('push', { ops });
    expect([0, 1, 3].map((at) => outcomeOf(results[at]))).toEqual(['unavailable', 'unavailable', 'unavailable']);
    // The other stream is not affected.
    await pushEach([ann, neighbour]);
    expect((await history(bob, other)).map(({ text }) => text)).toEqual(['neighbour']);
    for (const fault of faults) fault.end();
    expect(await page(bob, failing, cursor)).toBeUndefined();
    expect(await membershipOf(ann, failing)).not.toHaveProperty('pinnedAt');
    // When they are sent again, they take effect in their order.
    await pushEach([ann, { ...sent, retry: true }], [ann, { ...later, retry: true }]);
    expect((await history(bob, failing)).map(({ text }) => text)).toEqual(['1', '2']);
  });

  it(`[RD3] above ${SHARED_RECEIPT_MEMBERS} members no mark is shared; those shared before stay`, async () => {
    const users = Array.from({ length: SHARED_RECEIPT_MEMBERS - 1 }, (_, at) => ({
      name: `Member ${at}`,
      email: `${crypto.randomUUID()}@example.org`,
    }));
    const { insertedIds } = await direct.collection('user').insertMany(users);
    const [last, ...most] = Object.values(insertedIds).map((id) => String(id) as UserId) as [UserId, ...UserId[]];
    const [group, pair] = [newGroup(), await groupOf(ann, bob)];
    await pushEach(
      [ann, op.create(group, [bob.userId, ...most])],
      ...['1', '2', '3'].map((text) => [ann, op.send(group, text)] as const),
      [ann, op.send(pair, '1')],
      [bob, op.mark(group, { readSeq: 1 })],
    );
    await receivedLive(ann, group, 'readSeq', 1);
    await pushEach(
      [ann, op.add(group, last)],
      [bob, op.mark(group, { readSeq: 2 })],
      [bob, op.mark(pair, { readSeq: 1 })],
    );
    // Marks are shared in the order in which they were made, so the group's mark has been handled by now, and an op after it.
    await receivedLive(ann, pair, 'readSeq', 1);
    await accepted(ann, op.send(group, 'after it'));
    expect(await memberOf(ann, group, bob)).toMatchObject({ readSeq: 1, deliveredSeq: 1 });
    expect(await membershipOf(bob, group)).toMatchObject({ readSeq: 2 });
    await pushEach([ann, op.remove(group, last)], [bob, op.mark(group, { readSeq: 3 })]);
    await receivedLive(ann, group, 'readSeq', 3);
    expect(await memberOf(ann, group, bob)).toMatchObject({ readSeq: 3 });
  });
});
