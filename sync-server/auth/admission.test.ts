import { mongo } from 'mongoose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '#server/streams/testing/world.fixture.ts';
import { createInvitations } from './administration/invitations.ts';
import { GRACE_MS } from './closing.ts';
import { PASSWORD, type Person, type World, createWorld } from './testing/accounts.fixture.ts';

const NEW_PASSWORD = 'another correct horse';

/** Runs the function before the next write to a collection, and then the write. */
function beforeInsert(name: string, work: () => Promise<unknown>) {
  const write = Reflect.get(mongo.Collection.prototype, 'insertOne');
  const spy = vi.spyOn(mongo.Collection.prototype, 'insertOne').mockImplementation(async function insert(
    this: mongo.Collection,
    ...given
  ) {
    if (this.collectionName === name) {
      spy.mockRestore();
      await work();
    }
    return write.apply(this, given);
  });
}

describe('a sign-in that is overtaken by another change', () => {
  let world: World;
  let admin: Person;
  let ann: Person;
  const signIn = (email = ann.email) => world.call('/sign-in/email', { email, password: PASSWORD });
  const sessionsOf = (userId: string) =>
    world.database.connection.collection('session').countDocuments({ userId: new mongo.ObjectId(userId) });

  async function tokenToAnn(): Promise<string> {
    const isIt = ({ to, text }: { to: string; text: string }) => to === ann.email && text.includes('/verify-email#');
    await until(() => world.emails.some(isIt));
    return /verify-email#([\w.-]+)/.exec(world.emails.find(isIt)?.text ?? '')?.[1] ?? '';
  }

  beforeEach(async () => {
    world = await createWorld({ rateLimit: false });
    admin = await world.signUp('Admin', 'admin@example.org');
    ann = await world.signUp('Ann', 'ann@example.org');
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await world.close();
  });

  it('[SEC-31] opens nothing if the account was taken over meanwhile', async () => {
    const token = await tokenToAnn();
    let claimed = 0;
    beforeInsert('session', async () => {
      claimed = (await world.call('/verify-email', { token, newPassword: NEW_PASSWORD })).status;
    });
    expect((await signIn()).status).toBe(401);
    expect(claimed).toBe(200);
    expect(await sessionsOf(ann.id)).toBe(0);
  });

  it('[SEC-31] is signed out after the account’s links to providers are gone', async () => {
    const links = world.database.connection.collection('account');
    let left: Promise<number> | undefined;
    const events = {
      sessionsEnded: () => void (left = links.countDocuments({ providerId: 'google' })),
      profileChanged: () => undefined,
      personDeleted: () => Promise.resolve(),
    };
    const other = await world.again({ events });
    await links.insertOne({ userId: new mongo.ObjectId(ann.id), providerId: 'google', accountId: 'x' });
    expect((await other.call('/verify-email', { token: await tokenToAnn(), newPassword: NEW_PASSWORD })).status).toBe(
      200,
    );
    expect(await left).toBe(0);
    other.accounts.close();
  });

  it('[AC4] [SEC-23] opens nothing if the person was suspended meanwhile', async () => {
    beforeInsert('session', () =>
      world.call('/administration/suspend', { userId: ann.id, on: true }, { cookie: admin.cookie }),
    );
    const refused = await signIn();
    expect([refused.status, refused.json]).toMatchObject([403, { code: 'ACCOUNT_SUSPENDED' }]);
    expect(await sessionsOf(ann.id)).toBe(0);
  });

  it('[AC1] opens nothing if the account was deleted meanwhile, or its deletion has started', async () => {
    await world.call('/delete-account', { password: PASSWORD }, { cookie: ann.cookie });
    world.clock.now += GRACE_MS;
    const users = world.database.connection.collection('user');
    const _id = new mongo.ObjectId(ann.id);
    await users.updateOne({ _id }, { $set: { isEnding: true } });
    expect((await signIn()).status).toBe(401);
    await users.updateOne({ _id }, { $unset: { isEnding: 1 } });
    beforeInsert('session', () => world.accounts.deleteDue());
    expect((await signIn()).status).toBe(401);
    expect(await sessionsOf(ann.id)).toBe(0);
    expect(world.events.deleted).toEqual([ann.id]);
  });

  it('[AC1] keeps an account that the sweep has read but not yet reached', async () => {
    const bob = await world.signUp('Bob', 'bob@example.org');
    const deleted: string[] = [];
    const sweeping = await world.again({
      events: {
        sessionsEnded: () => undefined,
        profileChanged: () => undefined,
        async personDeleted(userId) {
          deleted.push(userId);
          await signIn(userId === ann.id ? bob.email : ann.email);
        },
      },
    });
    for (const { cookie } of [ann, bob]) await world.call('/delete-account', { password: PASSWORD }, { cookie });
    sweeping.clock.now += GRACE_MS;
    await sweeping.accounts.deleteDue();
    expect(deleted.length).toBe(1);
    sweeping.accounts.close();
  });

  it('[AC1] a deletion does not start if its email could not be queued', async () => {
    beforeInsert('letters', () => Promise.reject(new Error('away')));
    const answer = await world.call('/delete-account', { password: PASSWORD }, { cookie: ann.cookie });
    expect(answer.status).toBe(500);
    expect(await world.accounts.sessions.find(ann.cookie)).not.toBeNull();
  });

  it('[AC5] a sign-up whose account may still come to exist does not give its invitation back', async () => {
    const invited = await world.again({ signUp: 'invite' });
    const made = await invited.call('/administration/invite', {}, { cookie: admin.cookie });
    const { code: invitation } = made.json as { code: string };
    const join = () =>
      invited.call('/sign-up/email', { name: 'New', email: 'new@example.org', password: PASSWORD, invitation });
    beforeInsert('user', () => Promise.reject(new Error('away')));
    expect((await join()).status).toBe(503);
    expect((await join()).json).toMatchObject({ code: 'SIGN_UP_BY_INVITATION' });
    invited.accounts.close();
  });

  it('[AC5] an invitation that is given back ends when it would have, and stays withdrawn', async () => {
    let now = 1_000;
    const invitations = createInvitations(world.database.connection, () => now);
    const code = (await invitations.make()) ?? '';
    const before = await invitations.open();
    expect(await invitations.take(code)).toBe(true);
    expect(await invitations.open()).toEqual([]);
    now += 1_000;
    await invitations.giveBack(code);
    expect(await invitations.open()).toEqual(before);
    expect(await invitations.take(code)).toBe(true);
    await invitations.withdraw(before[0]?.id ?? '');
    await invitations.giveBack(code);
    expect(await invitations.take(code)).toBe(false);
  });
});
