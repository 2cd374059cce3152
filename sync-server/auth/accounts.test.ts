import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { UserId } from '#protocol/ids.ts';
import * as v from 'valibot';
import { PASSWORD, type World, createWorld } from './testing/accounts.fixture.ts';
import { createUsers } from './users.ts';

const NEW_PASSWORD = 'another correct horse';

describe('accounts', () => {
  let world: World;
  let count = 0;
  const address = () => `person-${++count}@example.org`;
  const signIn = (email: string, how = {}, password = PASSWORD) =>
    world.call('/sign-in/email', { email, password }, how);
  const sessionOf = async (cookie: string) => (await world.accounts.sessions.find(cookie))?.id ?? null;

  beforeAll(async () => {
    world = await createWorld({ rateLimit: false });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.events.ended.length = 0;
    world.events.renamed.length = 0;
  });

  it('lets a person sign up, recognizes their cookie, and lets them sign out and in again', async () => {
    const ann = await world.signUp('Ann', address());
    expect(v.is(UserId, ann.id)).toBe(true);
    expect(await world.accounts.sessions.find(ann.cookie)).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
      userId: ann.id,
      expiresAt: expect.any(Number) as number,
    });
    expect((await world.call('/get-session', undefined, { cookie: ann.cookie })).json).toMatchObject({
      user: { id: ann.id, name: 'Ann', email: ann.email, findable: true },
    });
    const out = await world.call('/sign-out', {}, { cookie: ann.cookie });
    expect([out.status, out.json]).toEqual([200, { success: true }]);
    expect(await world.accounts.sessions.find(ann.cookie)).toBeNull();
    expect((await world.call('/get-session', undefined, { cookie: ann.cookie })).json).toBeNull();
    const again = await signIn(ann.email.toUpperCase());
    expect(again.json).toMatchObject({ user: { id: ann.id, name: 'Ann' } });
    expect((await world.accounts.sessions.find(again.cookie))?.userId).toBe(ann.id);
  });

  it('[SEC-28] sets cookies that are HttpOnly, SameSite=Lax, and for this host only; over TLS also Secure and __Host-', async () => {
    const secure = await world.again({ publicOrigin: 'https://chat.test', isSecure: true });
    for (const [{ signUp, call }, prefix, end] of [
      [world, '', ''],
      [secure, '__Host-', '; Secure'],
    ] as const) {
      const ann = await signUp('Ann', address());
      const { headers } = await call('/sign-in/email', { email: ann.email, password: PASSWORD });
      const lines = headers.getSetCookie();
      expect(lines.map((line) => line.split('=')[0])).toEqual([
        `${prefix}teamlink.session_token`,
        `${prefix}teamlink.device`,
      ]);
      for (const line of lines) {
        expect(line).toMatch(/; Path=\/(;|$)/);
        expect(line).toMatch(/; HttpOnly(;|$)/);
        expect(line).toMatch(/; SameSite=Lax(;|$)/);
        expect(line).not.toMatch(/domain/i);
        expect(/; Secure(;|$)/.test(line)).toBe(end !== '');
      }
    }
  });

  it('[SEC-54] a sign-in on a shared computer leaves a cookie that ends with the browser, and no other', async () => {
    const ann = await world.signUp('Ann', address());
    const given = { email: ann.email, password: PASSWORD, rememberMe: false };
    const lines = (await world.call('/sign-in/email', given)).headers.getSetCookie();
    expect(lines.map((line) => line.split('=')[0])).not.toContain('teamlink.device');
    expect(lines.filter((line) => /max-age=[1-9]|expires/i.test(line))).toEqual([]);
  });

  it('[SEC-28] creates a new session at every sign-in', async () => {
    const ann = await world.signUp('Ann', address());
    const second = await signIn(ann.email, { cookie: ann.cookie });
    const ids = [await sessionOf(ann.cookie), await sessionOf(second.cookie)];
    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain(null);
  });

  it('[SEC-23] ends only this session at a sign-out, and announces it', async () => {
    const ann = await world.signUp('Ann', address());
    const other = await signIn(ann.email);
    const [id, kept] = [await sessionOf(ann.cookie), (await sessionOf(other.cookie)) as string];
    await world.call('/sign-out', {}, { cookie: ann.cookie });
    expect(world.events.ended).toEqual([[[id], 'signed_out']]);
    expect(await world.accounts.sessions.active([id as string, kept, 'nonsense', '0'.repeat(24)])).toEqual(
      new Set([kept]),
    );
  });

  it('[SEC-23] [SEC-24] revokes one session, the others, or all, and announces which', async () => {
    const ann = await world.signUp('Ann', address());
    const bob = await world.signUp('Bob', address());
    const [b, c, d] = [await signIn(ann.email), await signIn(ann.email), await signIn(ann.email)];
    const [idA, idB, idC, idD] = await Promise.all([ann.cookie, b.cookie, c.cookie, d.cookie].map(sessionOf));
    const list = (await world.call('/list-sessions', undefined, { cookie: ann.cookie })).json as {
      id: string;
      token: string;
    }[];
    expect(new Set(list.map(({ id }) => id))).toEqual(new Set([idA, idB, idC, idD]));
    const token = list.find(({ id }) => id === idB)?.token;

    // Another person cannot revoke it, and gets the same answer.
    expect((await world.call('/revoke-session', { token }, { cookie: bob.cookie })).status).toBe(200);
    expect(world.events.ended).toEqual([]);
    await world.call('/revoke-session', { token }, { cookie: ann.cookie });
    expect(world.events.ended.splice(0)).toEqual([[[idB], 'revoked']]);

    await world.call('/revoke-other-sessions', {}, { cookie: ann.cookie });
    expect(world.events.ended.length).toBe(1);
    expect(new Set(world.events.ended.splice(0)[0]?.[0])).toEqual(new Set([idC, idD]));
    expect(await sessionOf(ann.cookie)).toBe(idA);
    // The other credentials in their browsers no longer open anything.
    for (const { cookie } of [b, c, d]) {
      expect((await world.call('/get-session', undefined, { cookie })).json).toBeNull();
      expect((await world.call('/list-sessions', undefined, { cookie })).status).toBe(401);
    }

    await world.call('/revoke-sessions', {}, { cookie: ann.cookie });
    expect(world.events.ended).toEqual([[[idA], 'revoked']]);
    expect(await sessionOf(ann.cookie)).toBeNull();
    expect(await sessionOf(bob.cookie)).not.toBeNull();
  });

  it('[SEC-23] ends every earlier session at a change of password, whatever was requested', async () => {
    const ann = await world.signUp('Ann', address());
    const other = await signIn(ann.email);
    const before = await Promise.all([ann.cookie, other.cookie].map(sessionOf));
    const passwords = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    const wrong = await world.call(
      '/change-password',
      { ...passwords, currentPassword: 'not this one' },
      { cookie: ann.cookie },
    );
    expect([wrong.status, wrong.json]).toMatchObject([400, { code: 'INVALID_PASSWORD' }]);
    expect(world.events.ended).toEqual([]);

    const changed = await world.call(
      '/change-password',
      { ...passwords, revokeOtherSessions: false },
      { cookie: ann.cookie },
    );
    expect(changed.status).toBe(200);
    expect(world.events.ended).toEqual([[expect.any(Array), 'password_changed']]);
    expect(new Set(world.events.ended[0]?.[0])).toEqual(new Set(before));
    expect(await Promise.all([ann.cookie, other.cookie].map(sessionOf))).toEqual([null, null]);
    expect((await world.accounts.sessions.find(changed.cookie))?.userId).toBe(ann.id);
    expect((await signIn(ann.email)).status).toBe(401);
    expect((await signIn(ann.email, {}, NEW_PASSWORD)).status).toBe(200);
  });

  it('[RC5] announces a changed name, which is found at once, and no other change', async () => {
    const ann = await world.signUp('Ann', address());
    const bob = await world.signUp('Bob', address());
    const update = (body: object) => world.call('/update-user', body, { cookie: ann.cookie });
    expect((await update({ findable: false })).status).toBe(200);
    expect(world.events.renamed).toEqual([]);
    expect((await update({ about: 'On call' })).status).toBe(200);
    expect(world.events.renamed.splice(0)).toEqual([ann.id]);
    expect((await update({ name: 'Zoë Quux' })).status).toBe(200);
    expect(world.events.renamed).toEqual([ann.id]);
    expect(
      await createUsers(world.database.connection).find([ann.id, bob.id, 'nobody' as UserId, '0'.repeat(24) as UserId]),
    ).toEqual(
      new Map([
        [ann.id, { name: 'Zoë Quux', about: 'On call' }],
        [bob.id, { name: 'Bob' }],
      ]),
    );
    const { users } = (await world.accounts.users({ userId: bob.id }, { q: 'quux' }, '::1')) as { users: unknown };
    expect(users).toEqual([{ id: ann.id, name: 'Zoë Quux', about: 'On call' }]);
  });

  it('[HT2] [SEC-27] answers a wrong password in the same way for a known and an unknown address', async () => {
    const ann = await world.signUp('Ann', address());
    const [known, unknown] = [
      await signIn(ann.email, {}, 'not this one'),
      await signIn('nobody@example.org', {}, 'not this one'),
    ];
    const visible = ({ status, json, headers }: typeof known) => [status, json, [...headers.keys()]];
    expect(visible(known)).toEqual(visible(unknown));
    expect(known.status).toBe(401);
    expect(known.json).toMatchObject({ code: 'INVALID_EMAIL_OR_PASSWORD' });
  });

  it('gives an address to one person, even if many sign up with it at the same time', async () => {
    const email = address();
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        world.call('/sign-up/email', { name: `P${at}`, email, password: `${PASSWORD} ${at}` }),
      ),
    );
    const refused = answers.filter(({ status }) => status === 422);
    expect(answers.filter(({ status }) => status === 200).length).toBe(1);
    expect(refused.map(({ json }) => (json as { code: string }).code)).toEqual(
      Array.from({ length: 5 }, () => 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL'),
    );
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await signIn(email, {}, `${PASSWORD} ${winner}`)).status).toBe(200);
    // The others' credentials are gone.
    const users = (await world.database.connection.collection('user').find().toArray()).map(({ _id }) => String(_id));
    const accounts = await world.database.connection.collection('account').find().toArray();
    expect(new Set(accounts.map((row) => String(row['userId'])))).toEqual(new Set(users));
    expect(accounts.length).toBe(users.length);
  });

  it('[SEC-24] finds no session for an expired one, a forged cookie or a malformed one', async () => {
    const ann = await world.signUp('Ann', address());
    const [, value = ''] = /teamlink\.session_token=([^;]+)/.exec(ann.cookie) ?? [];
    const [token = ''] = value.split('.');
    const forged = [
      undefined,
      '',
      'teamlink.session_token',
      'teamlink.session_token=',
      `teamlink.session_token=${token}`,
      `teamlink.session_token=${token}.AAAA`,
      `teamlink.session_token=${value.replace(/.%3D$/, 'A%3D')}x`,
      `teamlink.session_token=${'x'.repeat(5_000)}.y`,
      'teamlink.session_token=%00%ff%',
      'teamlink.session_token=\ud800',
      `__Host-teamlink.session_token=${value}`,
    ];
    for (const cookie of forged) expect(await world.accounts.sessions.find(cookie)).toBeNull();
    // The second lookup of a cookie takes another path.
    const found = await world.accounts.sessions.find(ann.cookie);
    expect(found).not.toBeNull();
    expect(await world.accounts.sessions.find(ann.cookie)).toEqual(found);
    for (const cookie of forged) expect(await world.accounts.sessions.find(cookie)).toBeNull();
    const sessions = world.database.connection.collection('session');
    const id = (await sessionOf(ann.cookie)) as string;
    await sessions.updateOne({ token }, { $set: { expiresAt: new Date(Date.now() - 1_000) } });
    expect(await world.accounts.sessions.active([id])).toEqual(new Set());
    expect(await world.accounts.sessions.find(ann.cookie)).toBeNull();
  });

  it('[SEC-52] [REL-06] answers 503 while the database is gone, and never that the session is lost, and logs nothing personal', async () => {
    const gone = await createWorld();
    const ann = await gone.signUp('Ann', 'very-personal@example.org');
    await gone.database.connection.close();
    const { cookie } = ann;
    const answers = await Promise.all([
      gone.call('/get-session', undefined, { cookie }),
      gone.call('/sign-out', {}, { cookie }),
      gone.call('/update-user', { name: 'X' }, { cookie }),
      gone.call('/sign-in/email', { email: ann.email, password: PASSWORD }),
      gone.call('/sign-up/email', { name: 'B', email: 'also-personal@example.org', password: PASSWORD }),
    ]);
    for (const { status, json } of answers)
      expect([status, json]).toMatchObject([503, { code: 'SERVICE_UNAVAILABLE' }]);
    await expect(gone.accounts.sessions.find(cookie)).rejects.toThrow(/session|Mongo|connect|closed/i);
    await expect(gone.accounts.sessions.active(['0'.repeat(24)])).rejects.toThrow(/session|Mongo|connect|closed/i);
    await expect(gone.accounts.users({ userId: ann.id }, {}, '::1')).rejects.toThrow(/session|Mongo|connect|closed/i);
    expect(JSON.stringify([gone.logged, world.logged])).not.toMatch(/personal|example\.org/);
    await gone.close();
  });
});
