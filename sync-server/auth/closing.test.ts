import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '#server/streams/testing/world.fixture.ts';
import { GRACE_MS } from './closing.ts';
import { PASSWORD, type Person, type World, createWorld } from './testing/accounts.fixture.ts';

describe('deleting an account', () => {
  let world: World;
  let administrator: Person;
  let ann: Person;
  let count = 0;
  const signIn = () => world.call('/sign-in/email', { email: ann.email, password: PASSWORD });
  const remove = (password: string | undefined, cookie = ann.cookie) =>
    world.call('/delete-account', password === undefined ? {} : { password }, { cookie });
  const namedAnn = async () => {
    const bob = await world.signUp('Bob', `bob-${count}@example.org`);
    return world.accounts.users({ userId: bob.id }, { q: 'Annabelle' }, '::1');
  };

  beforeAll(async () => {
    world = await createWorld({ rateLimit: false });
    administrator = await world.signUp('Ada', 'ada@example.org');
  });
  afterAll(async () => {
    await world.close();
  });
  beforeEach(async () => {
    count += 1;
    ann = await world.signUp('Annabelle', `ann-${count}@example.org`);
    world.emails.length = 0;
    for (const list of Object.values(world.events)) list.length = 0;
  });

  it('[AC1] needs the password, signs out everywhere, sends an email, and is undone by signing in', async () => {
    const other = await signIn();
    for (const missing of [undefined, ''])
      expect((await remove(missing)).json).toMatchObject({ code: 'PASSWORD_MISSING' });
    expect((await remove('not the password')).json).toMatchObject({ code: 'INVALID_PASSWORD' });
    expect(await world.accounts.sessions.find(ann.cookie)).not.toBeNull();
    const answer = await remove(PASSWORD);
    expect([answer.status, answer.json]).toEqual([
      200,
      { deletedAfter: new Date(world.clock.now + GRACE_MS).toISOString() },
    ]);
    expect(world.events.ended).toEqual([[expect.any(Array), 'account_deleted']]);
    expect(world.events.ended[0]?.[0].length).toBe(2);
    for (const { cookie } of [ann, other]) expect(await world.accounts.sessions.find(cookie)).toBeNull();
    expect(await namedAnn()).toEqual({ users: [] });
    await until(() => world.emails.some(({ subject }) => subject === 'Your TeamLink account will be deleted'));

    const kept = await signIn();
    expect([kept.status, kept.json]).toMatchObject([200, { keptAccount: true, user: { id: ann.id } }]);
    world.clock.now += GRACE_MS + 1;
    await world.accounts.deleteDue();
    const later = await signIn();
    expect(later.status).toBe(200);
    expect(later.json).not.toHaveProperty('keptAccount');
    expect(world.events.deleted).toEqual([]);
  });

  it('[AC1] [AC2] happens after the grace period, and leaves nothing that identifies the person or lets them sign in', async () => {
    await remove(PASSWORD);
    world.clock.now += GRACE_MS - 1;
    await world.accounts.deleteDue();
    expect(world.events.deleted).toEqual([]);
    world.clock.now += 1;
    await world.accounts.deleteDue();
    expect(world.events.deleted).toEqual([ann.id]);
    expect((await signIn()).status).toBe(401);
    const { connection } = world.database;
    for (const name of ['user', 'account', 'session'])
      for (const row of await connection.collection(name).find({}).toArray())
        expect(JSON.stringify(row)).not.toContain(ann.id);
    expect((await world.signUp('Annabelle', ann.email)).id).not.toBe(ann.id);
  });

  it('[AC1] [AC4] the administrator hands the administration to somebody else first', async () => {
    const asAda = (path: string, body?: object) => world.call(path, body, { cookie: administrator.cookie });
    const refused = await asAda('/delete-account', { password: PASSWORD });
    expect([refused.status, refused.json]).toMatchObject([409, { code: 'ADMINISTRATOR' }]);
    for (const userId of ['f'.repeat(24), administrator.id])
      expect((await asAda('/administration/hand-over', { userId })).status).toBe(404);
    expect((await world.call('/administration/hand-over', { userId: ann.id }, { cookie: ann.cookie })).status).toBe(
      404,
    );
    expect((await asAda('/administration/hand-over', { userId: ann.id })).status).toBe(200);
    expect((await asAda('/administration')).json).toEqual({ isAdministrator: false });
    expect((await world.call('/administration', undefined, { cookie: ann.cookie })).json).toMatchObject({
      isAdministrator: true,
    });
    expect((await asAda('/delete-account', { password: PASSWORD })).status).toBe(200);
    expect((await remove(PASSWORD)).status).toBe(409);
    const kept = await world.call('/sign-in/email', { email: administrator.email, password: PASSWORD });
    expect(kept.status).toBe(200);
  });

  it('[AC1] [AC4] after an administrator who was alone, the first person who has signed up since is the administrator', async () => {
    const alone = await createWorld({ rateLimit: false });
    const ada = await alone.signUp('Ada', 'ada@example.org');
    const isAdministrator = async ({ cookie }: Person) => {
      const { json } = await alone.call('/administration', undefined, { cookie });
      return (json as { isAdministrator: boolean }).isAdministrator;
    };
    expect(await isAdministrator(ada)).toBe(true);
    expect((await alone.call('/delete-account', { password: PASSWORD }, { cookie: ada.cookie })).status).toBe(200);
    const [bob, cem] = [await alone.signUp('Bob', 'bob@example.org'), await alone.signUp('Cem', 'cem@example.org')];
    // Until then, Ada may come back.
    expect([await isAdministrator(bob), await isAdministrator(cem)]).toEqual([false, false]);
    alone.clock.now += GRACE_MS;
    await alone.accounts.deleteDue();
    expect([await isAdministrator(bob), await isAdministrator(cem)]).toEqual([true, false]);
    await alone.close();
  });

  it('[AC2] is tried again if the conversations could not be updated', async () => {
    let isAway = true;
    const told: string[] = [];
    const flaky = await world.again({
      events: {
        sessionsEnded: () => undefined,
        profileChanged: () => undefined,
        personDeleted(userId) {
          if (isAway) return Promise.reject(new Error('away'));
          return Promise.resolve(void told.push(userId));
        },
      },
    });
    flaky.clock.now = world.clock.now;
    await remove(PASSWORD);
    flaky.clock.now += GRACE_MS;
    await flaky.accounts.deleteDue();
    isAway = false;
    await flaky.accounts.deleteDue();
    expect(told).toEqual([ann.id]);
    await flaky.accounts.deleteDue();
    expect(told).toEqual([ann.id]);
    flaky.accounts.close();
  });
});
