import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Types } from 'mongoose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nameKeys } from './name-search.ts';
import { openDatabase } from '#server/database/connect.ts';
import { type Embedded, startEmbedded } from '#server/database/embedded/host.ts';
import { accountIndexes, defineModels } from '#server/database/models.ts';
import { PASSWORD, type World, build } from './testing/accounts.fixture.ts';
import { type CuttingProxy, startCuttingProxy } from './testing/cutting-proxy.fixture.ts';

const email = 'ann@example.org';
const body = { name: 'Ann', email, password: PASSWORD };
/** The writes of a sign-up, in order. */
const WRITES = ['insert account', 'insert user', 'insert session'];

describe('an interrupted sign-up', () => {
  let folder: string;
  let engine: Embedded;
  const ends: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'teamlink-'));
    engine = await startEmbedded({ dataDir: join(folder, 'd') });
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
    await engine.close();
    await rm(folder, { recursive: true });
  });

  async function open(uri: string): Promise<World> {
    const database = await openDatabase({ uri, dataDir: folder });
    ends.push(() => database.close());
    // The email about the address is queued last, and a person who does not get it can request another one.
    return build(database, { mail: undefined }, () => Promise.resolve());
  }
  const socketPath = () => decodeURIComponent(engine.uri.replace('mongodb://', ''));

  /** Accounts behind a proxy, once the library has created its indexes, which it does after the start. */
  async function openBehindProxy(): Promise<{ doomed: World; proxy: CuttingProxy }> {
    const proxy = await startCuttingProxy(socketPath(), folder);
    ends.push(() => Promise.resolve(proxy.close()));
    const doomed = await open(proxy.uri);
    const models = Object.values(defineModels(doomed.database.connection));
    const ours = accountIndexes.length + models.reduce((sum, { schema }) => sum + schema.indexes().length, 0);
    // Four of its seven indexes exist under our names, which it finds out by listing them.
    await expect.poll(() => proxy.indexing).toEqual({ createIndexes: ours + 7, listIndexes: 4 });
    return { doomed, proxy };
  }

  it.each([1, 2, 3])('leaves the address usable when the process dies right after write %i', async (nth) => {
    const first = await open(engine.uri);
    const { doomed, proxy } = await openBehindProxy();
    proxy.arm(nth);
    const dying = doomed.call('/sign-up/email', body);
    ends.unshift(() => dying);
    await proxy.cut;
    expect(proxy.passed).toEqual(WRITES.slice(0, nth));

    const again = await first.call('/sign-up/email', body);
    // Once the user is written, the account exists with its password.
    expect(again.status).toBe(nth === 1 ? 200 : 422);
    const signedIn = await first.call('/sign-in/email', { email, password: PASSWORD });
    expect(signedIn.status).toBe(200);
    const session = await first.accounts.sessions.find(signedIn.cookie);
    const users = first.database.connection.collection('user');
    expect((await users.find({ email }).toArray()).map(({ _id }) => _id.toHexString())).toEqual([session?.userId]);
    const bob = await first.signUp('Bob', 'bob@example.org');
    expect(await first.accounts.users({ userId: bob.id }, { q: 'ann' }, '::1')).toEqual({
      users: [{ id: session?.userId, name: 'Ann' }],
    });
  });

  it('consists of the writes that the cuts above cover', async () => {
    const { doomed, proxy } = await openBehindProxy();
    proxy.arm(Number.POSITIVE_INFINITY);
    await doomed.signUp('Ann', email);
    expect(proxy.passed).toEqual(WRITES);
  });

  it('loses its credentials at a later start, and no others are removed', async () => {
    const world = await open(engine.uri);
    await world.signUp('Ann', email);
    const { connection } = world.database;
    const [accounts, users] = [connection.collection('account'), connection.collection('user')];
    const at = (minutes: number) => Types.ObjectId.createFromTime(Math.floor(Date.now() / 1000) - minutes * 60);
    const credentials = (_id: Types.ObjectId, userId: Types.ObjectId) => ({ _id, userId, providerId: 'credential' });
    const [whole, orphan, underWay, owner] = [at(200), at(190), at(5), at(201)];
    await users.insertOne({ _id: owner, email: 'bob@example.org', ...nameKeys('Bob', owner.toHexString()) });
    await accounts.insertMany([
      credentials(whole, owner),
      credentials(orphan, new Types.ObjectId()),
      credentials(underWay, new Types.ObjectId()),
    ]);
    const before = (await accounts.find().toArray()).map(({ _id }) => _id.toHexString());
    const again = await world.again();
    const after = (await accounts.find().toArray()).map(({ _id }) => _id.toHexString());
    expect(after).toEqual(before.filter((id) => id !== orphan.toHexString()));
    expect(again.logged).toEqual([[{ removed: 1 }, expect.any(String)]]);
  });
});
