import { createOTP } from '@better-auth/utils/otp';
import { Types } from 'mongoose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '#server/streams/testing/world.fixture.ts';
import { ORIGIN, PASSWORD, type Person, type World, createWorld } from './testing/accounts.fixture.ts';
import { secretIn } from './testing/authenticator.fixture.ts';
import { type TestPasskey, createTestPasskey } from './testing/passkey.fixture.ts';

describe('passkeys', () => {
  let world: World;
  let ann: Person;
  let count = 0;
  const as = (person: { cookie: string }) => (path: string, body?: object) =>
    world.call(path, body, { cookie: person.cookie });
  const challengeOf = ({ json }: { json: unknown }) => (json as { challenge: string }).challenge;
  const isSignedIn = async (cookie: string) => (await world.accounts.sessions.find(cookie)) !== null;

  beforeAll(async () => {
    world = await createWorld({ rateLimit: false });
  });
  afterAll(async () => {
    world.accounts.close();
    await world.close();
  });
  beforeEach(async () => {
    count += 1;
    ann = await world.signUp('Ann', `ann-${count}@example.org`);
    world.emails.length = 0;
  });

  async function added(person = ann, name = 'Phone'): Promise<TestPasskey> {
    const passkey = createTestPasskey(ORIGIN);
    const options = await as(person)('/passkey/creation-options', {});
    const answer = await as(person)('/passkey/add', { name, answer: passkey.create(challengeOf(options)) });
    expect([answer.status, answer.json]).toEqual([200, { status: true }]);
    return passkey;
  }
  const challenge = async () => challengeOf(await world.call('/passkey/request-options', {}));
  const signIn = async (passkey: TestPasskey, how?: Parameters<TestPasskey['use']>[1]) =>
    world.call('/sign-in/passkey', { answer: passkey.use(await challenge(), how) });
  /** As if the session had started an hour ago. */
  async function age({ cookie }: { cookie: string }): Promise<void> {
    const session = await world.accounts.sessions.find(cookie);
    const filter = { _id: new Types.ObjectId(session?.id ?? '') };
    const update = { $set: { createdAt: new Date(Date.now() - 3_600_000) }, $unset: { provedAt: 1 as const } };
    await world.database.connection.collection('session').updateOne(filter, update);
  }

  it('[AC10] [SEC-33] a passkey can be added, used to sign in, renamed and removed, and then opens nothing', async () => {
    const passkey = await added();
    const entered = await signIn(passkey);
    expect([entered.status, await isSignedIn(entered.cookie)]).toEqual([200, true]);
    const list = async () => ((await as(ann)('/ways-in')).json as { passkeys: object[] }).passkeys;
    expect(await list()).toEqual([
      { id: passkey.id, name: 'Phone', createdAt: expect.any(Number) as number, usedAt: expect.any(Number) as number },
    ]);
    expect((await as(ann)('/passkey/rename', { id: passkey.id, name: 'Key ring' })).status).toBe(200);
    expect(await list()).toMatchObject([{ name: 'Key ring' }]);
    const bob = await world.signUp('Bob', `bob-${count}@example.org`);
    expect((await as(bob)('/passkey/rename', { id: passkey.id, name: 'Mine' })).status).toBe(404);
    expect((await as(bob)('/passkey/remove', { id: passkey.id })).status).toBe(404);
    expect((await as(ann)('/passkey/remove', { id: passkey.id })).status).toBe(200);
    const refused = await signIn(passkey);
    expect([refused.status, refused.json]).toMatchObject([401, { code: 'PASSKEY_REFUSED' }]);
  });

  it('[AC10] an email to the account’s address reports a new passkey, and not one that was refused', async () => {
    await as(ann)('/passkey/add', { name: 'x', answer: createTestPasskey(ORIGIN).create('made-up') });
    await added();
    const told = () => world.emails.filter(({ subject }) => !subject.startsWith('Confirm'));
    await until(() => told().length > 0);
    expect(told()).toEqual([
      {
        to: ann.email,
        subject: 'A passkey was added to your TeamLink account',
        text: expect.stringContaining(`${ORIGIN}/settings`) as string,
      },
    ]);
  });

  it('[AC9] [AC11] [SEC-23] [SEC-26] somebody without a password sets a first one, which ends their other sessions', async () => {
    const passkey = await added();
    const set = (person: { cookie: string }, newPassword: string) => as(person)('/set-password', { newPassword });
    expect((await set(ann, 'another long password')).json).toMatchObject({ code: 'PASSWORD_SET' });
    await as(ann)('/unlink', { way: 'password' });
    const other = await signIn(passkey);
    expect((await set(ann, 'short')).json).toMatchObject({ code: 'PASSWORD_TOO_SHORT' });
    expect((await set(ann, 'password123')).json).toMatchObject({ code: 'PASSWORD_TOO_COMMON' });
    await age(ann);
    expect((await set(ann, 'another long password')).json).toMatchObject({ code: 'SESSION_NOT_FRESH' });
    const fresh = await signIn(passkey);
    expect((await set(fresh, 'another long password')).status).toBe(200);
    expect([await isSignedIn(fresh.cookie), await isSignedIn(other.cookie)]).toEqual([true, false]);
    expect((await world.call('/sign-in/email', { email: ann.email, password: 'another long password' })).status).toBe(
      200,
    );
    await until(() => world.emails.some(({ subject }) => subject === 'A password was set for your TeamLink account'));
  });

  it('[SEC-33] opens nothing when used a second time, for another page, with another key, or without its person', async () => {
    const passkey = await added();
    const answer = passkey.use(await challenge());
    expect((await world.call('/sign-in/passkey', { answer })).status).toBe(200);
    const attempts = [
      await world.call('/sign-in/passkey', { answer }),
      await signIn(passkey, { origin: 'http://evil.test' }),
      await signIn(passkey, { unlocked: false }),
      await signIn({ ...createTestPasskey(ORIGIN), id: passkey.id }),
      await world.call('/sign-in/passkey', { answer: passkey.use('made-up') }),
      // A challenge for creating a passkey is not valid for signing in.
      await world.call('/sign-in/passkey', {
        answer: passkey.use(challengeOf(await as(ann)('/passkey/creation-options', {}))),
      }),
    ];
    for (const { status, cookie } of attempts) expect([status, cookie]).toEqual([401, '']);
    for (const wrong of [{}, { answer: {} }, { answer: { ...answer, id: { $ne: '' } } }, { answer, more: 1 }])
      expect((await world.call('/sign-in/passkey', wrong)).status).toBe(400);
  });

  it('[SEC-33] nobody can add one for somebody else, or one that exists already', async () => {
    const bob = await world.signUp('Bob', `bob-${count}@example.org`);
    const options = await as(ann)('/passkey/creation-options', {});
    const answer = createTestPasskey(ORIGIN).create(challengeOf(options));
    expect((await as(bob)('/passkey/add', { name: 'x', answer })).json).toMatchObject({ code: 'PASSKEY_REFUSED' });
    expect((await world.call('/passkey/add', { name: 'x', answer })).status).toBe(401);
    const passkey = await added();
    const again = passkey.create(challengeOf(await as(bob)('/passkey/creation-options', {})));
    expect((await as(bob)('/passkey/add', { name: 'x', answer: again })).json).toMatchObject({
      code: 'PASSKEY_REFUSED',
    });
    const entered = await signIn(passkey);
    expect((await world.accounts.sessions.find(entered.cookie))?.userId).toBe(ann.id);
  });

  it('[SEC-33] [SEC-34] can be the only way to sign in, which then cannot be removed', async () => {
    const passkey = await added();
    expect((await as(ann)('/unlink', { way: 'password' })).status).toBe(200);
    expect((await world.call('/sign-in/email', { email: ann.email, password: PASSWORD })).status).toBe(401);
    expect((await as(ann)('/ways-in')).json).toMatchObject({ password: false, linked: [] });
    const entered = await signIn(passkey);
    expect(entered.status).toBe(200);
    const kept = await as(ann)('/passkey/remove', { id: passkey.id });
    expect([kept.status, kept.json]).toMatchObject([409, { code: 'LAST_WAY_IN' }]);
    expect((await signIn(passkey)).status).toBe(200);
    // A link in an email sets a password again.
    await world.call('/request-password-reset', { email: ann.email });
    await until(() => world.emails.some(({ text }) => text.includes('/reset-password#')));
    const [, token] = /reset-password#([\w.-]+)/.exec(world.emails.map(({ text }) => text).join('')) ?? [];
    expect((await world.call('/reset-password', { token, newPassword: 'another correct horse' })).status).toBe(200);
    expect((await world.call('/sign-in/email', { email: ann.email, password: 'another correct horse' })).status).toBe(
      200,
    );
  });

  it('[SEC-34] of two simultaneous removals, one finds that it would remove the last way to sign in', async () => {
    const passkey = await added();
    await Promise.all([as(ann)('/passkey/remove', { id: passkey.id }), as(ann)('/unlink', { way: 'password' })]);
    const { password, passkeys } = (await as(ann)('/ways-in')).json as { password: boolean; passkeys: object[] };
    expect(password || passkeys.length > 0).toBe(true);
  });

  it('[AC9] [SEC-32] changes that could give the account away need a sign-in, a password or a passkey within the last ten minutes', async () => {
    const passkey = await added();
    await age(ann);
    const dangerous: [string, object][] = [
      ['/change-email', { newEmail: `new-${count}@example.org` }],
      ['/passkey/creation-options', {}],
      ['/passkey/add', { name: 'x', answer: createTestPasskey(ORIGIN).create('x') }],
      ['/passkey/remove', { id: passkey.id }],
      ['/unlink', { way: 'password' }],
      ['/prove', {}],
      ['/administration/hand-over', { userId: 'f'.repeat(24) }],
    ];
    for (const [path, body] of dangerous) {
      const refused = await as(ann)(path, body);
      expect([path, refused.status, refused.json]).toMatchObject([path, 403, { code: 'SESSION_NOT_FRESH' }]);
    }
    expect((await as(ann)('/prove', { password: 'not the password' })).json).toMatchObject({
      code: 'INVALID_PASSWORD',
    });
    const bob = await world.signUp('Bob', `bob-${count}@example.org`);
    const bobs = await added(bob);
    expect((await as(ann)('/prove', { passkey: bobs.use(await challenge()) })).status).toBe(400);
    expect((await as(ann)('/prove', {})).status).toBe(403);

    expect((await as(ann)('/prove', { password: PASSWORD })).status).toBe(200);
    expect((await as(ann)('/change-email', { newEmail: `new-${count}@example.org` })).status).toBe(200);
    await age(ann);
    expect((await as(ann)('/prove', { passkey: passkey.use(await challenge()) })).status).toBe(200);
    expect((await as(ann)('/prove', {})).status).toBe(200);
  });

  it('[AC6] [SEC-34] a password with a second factor cannot be removed, and a passkey needs no code', async () => {
    const started = await as(ann)('/two-factor/enable', { password: PASSWORD });
    const secret = secretIn(new URL((started.json as { totpURI: string }).totpURI).searchParams.get('secret') ?? '');
    const on = await as(ann)('/two-factor/verify-totp', { code: await createOTP(secret).totp() });
    const passkey = await added({ ...ann, cookie: on.cookie });
    expect((await as(on)('/unlink', { way: 'password' })).json).toMatchObject({ code: 'TWO_FACTOR_ON' });
    const entered = await signIn(passkey);
    expect(await isSignedIn(entered.cookie)).toBe(true);
  });

  it('[SEC-31] [AC2] a passkey ends when somebody else confirms the address, or with the account', async () => {
    const passkey = await added();
    await world.call('/send-verification-email', {}, { cookie: ann.cookie });
    await until(() => world.emails.some(({ text }) => text.includes('/verify-email#')));
    const [, token] = /verify-email#([\w.-]+)/.exec(world.emails.map(({ text }) => text).join('')) ?? [];
    expect((await world.call('/verify-email', { token, newPassword: 'another correct horse' })).status).toBe(200);
    expect((await signIn(passkey)).status).toBe(401);

    const bob = await world.signUp('Bob', `bob-${count}@example.org`);
    const bobs = await added(bob);
    expect((await as(bob)('/delete-account', { password: PASSWORD })).status).toBe(200);
    // Signing in keeps the account.
    expect((await signIn(bobs)).status).toBe(200);
    expect((await as({ cookie: (await signIn(bobs)).cookie })('/delete-account', { password: PASSWORD })).status).toBe(
      200,
    );
    world.clock.now += 15 * 86_400_000;
    await world.accounts.deleteDue();
    expect((await signIn(bobs)).status).toBe(401);
    for (const row of await world.database.connection.collection('passkeys').find({}).toArray())
      expect(JSON.stringify(row)).not.toContain(bob.id);
  });
});
