import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '#server/streams/testing/world.fixture.ts';
import { ORIGIN, PASSWORD, type World, createWorld } from './testing/accounts.fixture.ts';

const NEW_PASSWORD = 'another correct horse';

describe('links in emails', () => {
  let world: World;
  let count = 0;
  const address = () => `reader-${++count}@example.org`;
  const signIn = (email: string, password = PASSWORD) => world.call('/sign-in/email', { email, password });
  const isVerified = async (cookie: string) =>
    ((await world.call('/get-session', undefined, { cookie })).json as { user: { emailVerified: boolean } }).user
      .emailVerified;

  /** The token in the next email to this address. */
  async function tokenTo(email: string, page = 'verify-email'): Promise<string> {
    const isIt = ({ to }: { to: string }) => to === email;
    await until(() => world.emails.some(isIt));
    const [found] = world.emails.splice(world.emails.findIndex(isIt), 1);
    const [, token = ''] = new RegExp(`^${ORIGIN}/${page}#([\\w.-]+)$`, 'm').exec(found?.text ?? '') ?? [];
    expect(token).not.toBe('');
    return token;
  }

  beforeAll(async () => {
    world = await createWorld({ rateLimit: false });
  });
  afterAll(() => world.close());
  beforeEach(() => {
    world.emails.length = 0;
    world.events.ended.length = 0;
  });

  it('[SEC-29] confirm the address of a new account, even by a second link, and only if the server has signed the link', async () => {
    const ann = await world.signUp('Ann', address());
    expect(await isVerified(ann.cookie)).toBe(false);
    await tokenTo(ann.email);
    expect((await world.call('/send-verification-email', {}, { cookie: ann.cookie })).status).toBe(200);
    const token = await tokenTo(ann.email);
    for (const wrong of [`${token}x`, token.slice(0, -9), 'x', '']) {
      const refused = await world.call('/verify-email', { token: wrong });
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.status).toBeLessThan(500);
    }
    expect(await isVerified(ann.cookie)).toBe(false);
    const confirmed = await world.call('/verify-email', { token }, { cookie: ann.cookie });
    expect([confirmed.status, confirmed.json]).toEqual([200, { status: true, step: 'verified' }]);
    expect(await isVerified(ann.cookie)).toBe(true);
  });

  it('[SEC-31] confirm an address without a session only with the password of its account', async () => {
    const ann = await world.signUp('Ann', address());
    const token = await tokenTo(ann.email);
    const bob = await world.signUp('Bob', address());
    for (const cookie of [undefined, bob.cookie]) {
      const bare = await world.call('/verify-email', { token }, { cookie });
      expect([bare.status, bare.json]).toMatchObject([403, { code: 'PROOF_REQUIRED' }]);
      const wrong = await world.call('/verify-email', { token, password: NEW_PASSWORD }, { cookie });
      expect([wrong.status, wrong.json]).toMatchObject([400, { code: 'INVALID_PASSWORD' }]);
    }
    expect(await isVerified(ann.cookie)).toBe(false);
    expect((await world.call('/verify-email', { token, password: PASSWORD })).json).toMatchObject({ step: 'verified' });
    expect(await isVerified(ann.cookie)).toBe(true);
    expect(world.events.ended).toEqual([]);
  });

  it('[SEC-31] a stranger who signed up with my address has nothing left once I confirm it', async () => {
    const stranger = await world.signUp('Mallory', address());
    const elsewhere = await signIn(stranger.email);
    const token = await tokenTo(stranger.email);
    for (const [newPassword, code] of [
      ['short', 'PASSWORD_TOO_SHORT'],
      ['x'.repeat(129), 'PASSWORD_TOO_LONG'],
      ['password1', 'PASSWORD_TOO_COMMON'],
    ]) {
      const refused = await world.call('/verify-email', { token, newPassword });
      expect([refused.status, refused.json]).toMatchObject([400, { code }]);
    }
    const claimed = await world.call('/verify-email', { token, newPassword: NEW_PASSWORD });
    expect([claimed.status, claimed.json]).toEqual([200, { status: true, step: 'verified' }]);
    expect(world.events.ended).toEqual([[expect.any(Array), 'password_changed']]);
    expect(world.events.ended[0]?.[0].length).toBe(2);
    for (const { cookie } of [stranger, elsewhere]) expect(await world.accounts.sessions.find(cookie)).toBeNull();
    expect((await signIn(stranger.email)).status).toBe(401);
    expect(await isVerified((await signIn(stranger.email, NEW_PASSWORD)).cookie)).toBe(true);
    // The link has done its work: it can't set another password.
    await world.call('/verify-email', { token, newPassword: 'a third correct horse' });
    expect((await signIn(stranger.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('[SEC-31] a stranger can’t have me confirm my address as the new one of their account', async () => {
    const stranger = await world.signUp('Mallory', address());
    await tokenTo(stranger.email);
    const mine = address();
    await world.call('/change-email', { newEmail: mine }, { cookie: stranger.cookie });
    const token = await tokenTo(mine);
    expect((await world.call('/verify-email', { token })).status).toBe(403);
    expect((await signIn(mine)).status).toBe(401);
    expect((await world.signUp('I', mine)).email).toBe(mine);
  });

  it('[SEC-23] set a new password once, end every session and confirm the address', async () => {
    const ann = await world.signUp('Ann', address());
    const other = await signIn(ann.email);
    await tokenTo(ann.email);
    await world.call('/request-password-reset', { email: ann.email.toUpperCase() });
    const token = await tokenTo(ann.email, 'reset-password');
    const short = await world.call('/reset-password', { token, newPassword: 'short' });
    expect([short.status, short.json]).toMatchObject([400, { code: 'PASSWORD_TOO_SHORT' }]);
    expect((await world.call('/reset-password', { token, newPassword: NEW_PASSWORD })).status).toBe(200);
    expect(world.events.ended).toEqual([[expect.any(Array), 'password_changed']]);
    expect(world.events.ended[0]?.[0].length).toBe(2);
    for (const { cookie } of [ann, other]) expect(await world.accounts.sessions.find(cookie)).toBeNull();
    const again = await world.call('/reset-password', { token, newPassword: PASSWORD });
    expect([again.status, again.json]).toMatchObject([400, { code: 'INVALID_TOKEN' }]);
    expect((await signIn(ann.email)).status).toBe(401);
    expect(await isVerified((await signIn(ann.email, NEW_PASSWORD)).cookie)).toBe(true);
  });

  it('[SEC-27] can be requested in the same way for a known and an unknown address, and only the known one gets an email', async () => {
    const ann = await world.signUp('Ann', address());
    await tokenTo(ann.email);
    const visible = ({ status, json, headers }: Awaited<ReturnType<World['call']>>) => [status, json, [...headers]];
    const unknown = await world.call('/request-password-reset', { email: 'nobody@example.org' });
    const known = await world.call('/request-password-reset', { email: ann.email });
    expect(visible(known)).toEqual(visible(unknown));
    expect(known.status).toBe(200);
    await tokenTo(ann.email, 'reset-password');
    await until(async () => (await world.database.connection.collection('letters').countDocuments()) === 0);
    expect(world.emails).toEqual([]);
  });

  it('[SEC-29] change an address once the current one has agreed and the new one is confirmed', async () => {
    const ann = await world.signUp('Ann', address());
    await world.call('/verify-email', { token: await tokenTo(ann.email) }, { cookie: ann.cookie });
    const next = address();
    expect((await world.call('/change-email', { newEmail: next }, { cookie: ann.cookie })).status).toBe(200);
    const asked = await tokenTo(ann.email);
    expect(world.emails).toEqual([]);
    expect((await world.call('/verify-email', { token: asked })).json).toEqual({
      status: true,
      step: 'change-confirmed',
    });
    const confirmed = await tokenTo(next);
    expect((await signIn(next)).status).toBe(401);
    // A person who got the email because of a typing error must not get into the account.
    const stranger = await world.call('/verify-email', { token: confirmed, newPassword: NEW_PASSWORD });
    expect([stranger.status, stranger.json]).toMatchObject([403, { code: 'PASSWORD_REQUIRED' }]);
    expect((await world.call('/verify-email', { token: confirmed, password: PASSWORD })).json).toEqual({
      status: true,
      step: 'changed',
    });
    expect((await signIn(next)).status).toBe(200);
    expect((await signIn(ann.email)).status).toBe(401);
    expect(await isVerified(ann.cookie)).toBe(true);
    // A link of an address that is no longer the account’s changes nothing.
    expect((await world.call('/verify-email', { token: asked })).status).toBe(401);
  });

  it('[SEC-27] [SEC-29] tell nobody that an address is taken, and let an address that nobody confirmed be corrected', async () => {
    const [ann, bob] = [await world.signUp('Ann', address()), await world.signUp('Bob', address())];
    await Promise.all([tokenTo(ann.email), tokenTo(bob.email)]);
    const taken = await world.call('/change-email', { newEmail: bob.email }, { cookie: ann.cookie });
    const next = address();
    const free = await world.call('/change-email', { newEmail: next }, { cookie: ann.cookie });
    expect([taken.status, taken.json]).toEqual([free.status, free.json]);
    const confirming = await world.call('/verify-email', { token: await tokenTo(next) }, { cookie: ann.cookie });
    expect(confirming.json).toMatchObject({ step: 'changed' });
    expect(await isVerified(ann.cookie)).toBe(true);
    expect(world.emails).toEqual([]);
  });

  it('are written in the language of the browser that asked', async () => {
    const ann = await world.signUp('Ann', address(), { headers: { 'accept-language': 'fr, de-AT;q=0.9, en' } });
    await until(() => world.emails.length === 1);
    expect(world.emails.splice(0)[0]?.subject).toBe('Bestätige deine E-Mail-Adresse für TeamLink');
    await world.call('/request-password-reset', { email: ann.email }, { headers: { 'accept-language': 'fr' } });
    await until(() => world.emails.length === 1);
    expect(world.emails[0]?.subject).toBe('Choose a new TeamLink password');
  });

  it('[SEC-22] [SEC-27] are limited per address, known or not, and per network', async () => {
    const limited = await world.again({ rateLimit: true });
    const ann = await world.signUp('Ann', address());
    const ask = async (email: string, from = '192.0.2.9') =>
      (await limited.call('/request-password-reset', { email }, { from })).status;
    for (const email of [ann.email, 'unknown@example.org']) {
      for (let at = 0; at < 5; at += 1) expect(await ask(email)).toBe(200);
      expect(await ask(email, '198.51.100.7')).toBe(429);
    }
    const statuses: number[] = [];
    for (let at = 0; at < 21; at += 1) statuses.push(await ask(`other-${at}@example.org`));
    expect(statuses.filter((status) => status === 200).length).toBe(20);
    limited.accounts.close();
  });

  it('[HT6] [SEC-25] do not exist if no email can be sent', async () => {
    const silent = await world.again({ mail: undefined });
    const ann = await silent.signUp('Ann', address());
    for (const [path, body] of [
      ['/request-password-reset', { email: ann.email }],
      ['/reset-password', { token: 'x', newPassword: NEW_PASSWORD }],
      ['/send-verification-email', {}],
      ['/verify-email', { token: 'x' }],
      ['/change-email', { newEmail: address() }],
    ] as const)
      expect([path, (await silent.call(path, body, { cookie: ann.cookie })).status]).toEqual([path, 404]);
    expect((await silent.call('/sign-in-options')).json).toMatchObject({ mail: false });
    expect((await world.call('/sign-in-options')).json).toMatchObject({ mail: true });
  });
});
