import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '#server/streams/testing/world.fixture.ts';
import { ORIGIN, PASSWORD, type World, createWorld } from './testing/accounts.fixture.ts';
import { type Claims, startProvider } from './testing/provider.fixture.ts';

describe('signing in with a provider’s account', () => {
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let world: World;
  let claims: Claims;
  let count = 0;
  const fresh = (): Required<Claims> => {
    count += 1;
    return { sub: `sub-${count}`, email: `person-${count}@example.org`, email_verified: true, name: `Person ${count}` };
  };

  beforeAll(async () => {
    provider = await startProvider(() => claims);
    const { issuer } = provider;
    const client = { clientId: 'teamlink', clientSecret: 'a secret' };
    world = await createWorld({
      rateLimit: false,
      providers: [
        { id: 'google', name: 'Google', issuer, ...client },
        { id: 'work', name: 'Work', issuer, ...client },
        {
          id: 'facebook',
          name: 'Facebook',
          endpoints: { authorization: `${issuer}/authorize`, token: `${issuer}/token`, profile: `${issuer}/userinfo` },
          ...client,
        },
        { id: 'away', name: 'Away', issuer: 'http://localhost:9', ...client },
      ],
    });
  });
  afterAll(async () => {
    await world.close();
    await provider.close();
  });
  beforeEach(() => {
    claims = fresh();
    world.emails.length = 0;
  });

  /** Goes to the provider and comes back, as a browser with this cookie does. */
  async function walk(id: string, how: { cookie?: string; to?: string; path?: string } = {}) {
    const started = await world.call(
      how.path ?? '/sign-in/social',
      { provider: id, ...(how.to === undefined ? {} : { to: how.to }) },
      { cookie: how.cookie },
    );
    const { url } = started.json as { url: string };
    const there = await fetch(url, { redirect: 'manual' });
    const back = new URL(there.headers.get('location') ?? '');
    return { started, asked: new URL(url), back, cookie: started.cookie };
  }

  const comeBack = (back: URL, cookie: string) =>
    world.call(back.pathname.replace('/api/auth', '') + back.search, undefined, { cookie });

  async function signIn(id: string, how: { cookie?: string; to?: string; path?: string } = {}) {
    const { back, cookie } = await walk(id, how);
    const answer = await comeBack(back, cookie);
    return { answer, location: answer.headers.get('location'), cookie: answer.cookie };
  }
  const who = async (cookie: string) =>
    ((await world.call('/get-session', undefined, { cookie })).json as { user: Record<string, unknown> } | null)?.user;

  it('[SEC-26] makes an account at the first sign-in, without a password, and finds it later, even by its name', async () => {
    const first = await signIn('google', { to: '/chat/g/x?message=1' });
    expect([first.answer.status, first.location]).toEqual([302, '/chat/g/x?message=1']);
    const person = await who(first.cookie);
    expect(person).toMatchObject({ name: claims.name, email: claims.email, emailVerified: true, findable: true });
    expect((await who((await signIn('google')).cookie))?.['id']).toBe(person?.['id']);
    for (const password of ['', PASSWORD])
      expect((await world.call('/sign-in/email', { email: claims.email, password })).status).toBeGreaterThanOrEqual(
        400,
      );
    const bob = await world.signUp('Bob', fresh().email);
    expect(await world.accounts.users({ userId: bob.id }, { q: claims.name }, '::1')).toEqual({
      users: [{ id: person?.['id'], name: claims.name }],
    });
    expect((await world.call('/sign-in-options')).json).toMatchObject({
      providers: [
        { id: 'google', name: 'Google' },
        { id: 'work', name: 'Work' },
        { id: 'facebook', name: 'Facebook' },
        { id: 'away', name: 'Away' },
      ],
    });
  });

  it('uses a code with PKCE, a state and a nonce, and returns only to the configured address', async () => {
    const { asked } = await walk('google');
    const { searchParams: sent } = asked;
    expect(sent.get('response_type')).toBe('code');
    expect(sent.get('code_challenge_method')).toBe('S256');
    expect(sent.get('redirect_uri')).toBe(`${ORIGIN}/api/auth/callback/google`);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(sent.get(name)?.length).toBeGreaterThan(15);
  });

  it('[SEC-21] returns to a place in the app, whatever was requested', async () => {
    for (const to of ['https://evil.test', '//evil.test', '/\\evil.test', '/@evil', 'javascript:1', '/a\nb', '']) {
      const started = await world.call('/sign-in/social', { provider: 'google', to });
      expect([to, started.status]).toEqual([to, 400]);
    }
    expect((await world.call('/sign-in/social', { provider: 'other' })).status).toBe(400);
    expect((await world.call('/callback/other?code=x&state=y')).status).toBe(404);
  });

  it('signs nobody in if consent is refused, or if the state or the browser is a different one', async () => {
    const ends: (string | null)[] = [];
    const refused = await walk('google');
    refused.back.searchParams.delete('code');
    refused.back.searchParams.set('error', 'access_denied');
    const forged = await walk('google');
    forged.back.searchParams.set('state', 'x'.repeat(32));
    const stolen = await walk('google');
    const twice = await walk('google');
    await comeBack(twice.back, twice.cookie);
    for (const [back, cookie] of [
      [refused.back, refused.cookie],
      [forged.back, forged.cookie],
      [stolen.back, ''],
      [twice.back, twice.cookie],
    ] as const) {
      const answer = await comeBack(back, cookie);
      expect(answer.status).toBe(302);
      expect(answer.cookie).not.toContain('session_token');
      ends.push(answer.headers.get('location'));
    }
    for (const end of ends) expect(end).toMatch(/^\/\?sign-in=failed(&|$)/);
    expect(ends[0]).toContain('error=access_denied');
  });

  it('[SEC-20] joins an account by its address only if both sides have verified it', async () => {
    const unverifiedHere = await world.signUp('Ann', claims.email ?? '');
    const first = await signIn('google');
    expect(first.location).toContain('error=');
    expect(await who(first.cookie)).toBeUndefined();

    await until(() => world.emails.length > 0);
    const [, token = ''] = /#([\w.-]+)/.exec(world.emails[0]?.text ?? '') ?? [];
    await world.call('/verify-email', { token }, { cookie: unverifiedHere.cookie });
    claims.email_verified = false;
    expect((await signIn('google')).location).toContain('error=');
    expect((await signIn('facebook')).location).toContain('error=');

    claims.email_verified = true;
    const joined = await signIn('google');
    expect((await who(joined.cookie))?.['id']).toBe(unverifiedHere.id);
    // A second provider with the same, verified address is the same person.
    claims.sub = 'another one';
    expect((await who((await signIn('work')).cookie))?.['id']).toBe(unverifiedHere.id);
  });

  it('[SEC-20] links explicitly while signed in, and never what belongs to somebody else', async () => {
    const ann = await world.signUp('Ann', claims.email ?? '');
    const linked = await signIn('google', { cookie: ann.cookie, path: '/link-social', to: '/settings' });
    expect(linked.location).toBe('/settings');
    expect((await who((await signIn('google')).cookie))?.['id']).toBe(ann.id);
    const bob = await world.signUp('Bob', fresh().email);
    const stolen = await signIn('google', { cookie: bob.cookie, path: '/link-social', to: '/settings' });
    expect(stolen.location).toContain('error=');
    expect((await world.call('/link-social', { provider: 'google' })).status).toBe(401);
  });

  it('[AC11] [SEC-34] unlinks what was linked, but never the last way in', async () => {
    const ann = await world.signUp('Ann', fresh().email);
    const as = (cookie: string) => (path: string, body?: object) => world.call(path, body, { cookie });
    const linked = await signIn('google', { cookie: ann.cookie, path: '/link-social', to: '/settings' });
    // The address there is different, which changes nothing here.
    expect([linked.location, (await who(ann.cookie))?.['email']]).toEqual(['/settings', ann.email]);
    expect((await as(ann.cookie)('/ways-in')).json).toEqual({ password: true, linked: ['google'], passkeys: [] });
    expect((await as(ann.cookie)('/link-social', { provider: 'facebook' })).status).toBe(400);
    for (const way of ['work', 'credential ', 'x']) expect((await as(ann.cookie)('/unlink', { way })).status).toBe(404);
    expect((await as(ann.cookie)('/unlink', { way: 'google' })).status).toBe(200);
    expect((await as(ann.cookie)('/ways-in')).json).toMatchObject({ linked: [] });

    const guest = await signIn('google');
    expect((await who(guest.cookie))?.['id']).not.toBe(ann.id);
    const last = await as(guest.cookie)('/unlink', { way: 'google' });
    expect([last.status, last.json]).toMatchObject([409, { code: 'LAST_WAY_IN' }]);
    expect((await who((await signIn('google')).cookie))?.['id']).toBe((await who(guest.cookie))?.['id']);
  });

  it('[SEC-20] an account that a stranger made with my address is mine alone once I set its password', async () => {
    const stranger = await signIn('facebook');
    expect(await who(stranger.cookie)).toMatchObject({ email: claims.email, emailVerified: false });
    world.emails.length = 0;
    await world.call('/request-password-reset', { email: claims.email });
    await until(() => world.emails.some(({ text }) => text.includes('/reset-password#')));
    const [, token] = /reset-password#([\w.-]+)/.exec(world.emails.map(({ text }) => text).join('')) ?? [];
    expect((await world.call('/reset-password', { token, newPassword: PASSWORD })).status).toBe(200);
    expect(await world.accounts.sessions.find(stranger.cookie)).toBeNull();
    expect((await signIn('facebook')).location).toContain('error=');
  });

  it('[AC7] makes accounts only for verified addresses of the domains that the server names', async () => {
    const narrow = await world.again({ domains: ['example.org'] });
    const come = async () => {
      const { back, cookie } = await walk('google');
      const answer = await narrow.call(back.pathname.replace('/api/auth', '') + back.search, undefined, { cookie });
      return who(answer.cookie);
    };
    claims.email = `person-${count}@example.net`;
    expect(await come()).toBeUndefined();
    Object.assign(claims, { email: `person-${count}@example.org`, email_verified: false });
    expect(await come()).toBeUndefined();
    claims.email_verified = true;
    expect(await come()).toMatchObject({ email: claims.email });
    narrow.accounts.close();
  });

  it('[SEC-31] a stranger cannot wait until I confirm the address either, because their way to sign in ends then', async () => {
    const stranger = await signIn('facebook');
    await until(() => world.emails.some(({ text }) => text.includes('/verify-email#')));
    const [, token] = /verify-email#([\w.-]+)/.exec(world.emails.map(({ text }) => text).join('')) ?? [];
    expect((await world.call('/verify-email', { token, password: PASSWORD })).status).toBe(400);
    expect((await world.call('/verify-email', { token, newPassword: PASSWORD })).status).toBe(200);
    expect(await world.accounts.sessions.find(stranger.cookie)).toBeNull();
    expect((await signIn('facebook')).location).toContain('error=');
    expect((await world.call('/sign-in/email', { email: claims.email, password: PASSWORD })).status).toBe(200);
  });

  it('[AC1] a sign-in that keeps the account says so with a cookie, because its answer is a redirect', async () => {
    const { cookie } = await signIn('google');
    expect((await world.call('/delete-account', {}, { cookie })).status).toBe(200);
    const told = async () =>
      (await signIn('google')).answer.headers.getSetCookie().filter((each) => each.startsWith('kept-account'));
    expect(await told()).toEqual(['kept-account=1; Path=/; SameSite=Lax']);
    expect(await told()).toEqual([]);
  });

  it('requires only the address; without a name, the name comes from the address', async () => {
    claims.name = ' \u200B ';
    expect(await who((await signIn('google')).cookie)).toMatchObject({ name: claims.email?.split('@')[0] });
    claims = { sub: 'no address', email_verified: true };
    expect((await signIn('google')).location).toContain('error=');
  });

  it('reports that the provider cannot be reached, and the server starts without it', async () => {
    const started = await world.call('/sign-in/social', { provider: 'away' });
    expect(started.status).toBeGreaterThanOrEqual(400);
    expect(started.status).not.toBe(500);
  });

  it('[SEC-25] makes no account if signing up is closed, and there is no route if nothing is configured', async () => {
    const none = await world.again({ providers: [] });
    expect((await none.call('/sign-in/social', { provider: 'google' })).status).toBe(404);
    expect((await none.call('/callback/google?code=x&state=y')).status).toBe(404);
    const closed = await world.again({ signUp: 'closed' });
    expect((await closed.call('/sign-up/email', { name: 'A', email: fresh().email, password: PASSWORD })).status).toBe(
      403,
    );
    const started = await closed.call('/sign-in/social', { provider: 'google' });
    const there = await fetch((started.json as { url: string }).url, { redirect: 'manual' });
    const back = new URL(there.headers.get('location') ?? '');
    const answer = await closed.call(back.pathname.replace('/api/auth', '') + back.search, undefined, {
      cookie: started.cookie,
    });
    expect(answer.headers.get('location')).toContain('error=signup_disabled');
    expect((await closed.call('/sign-in-options')).json).toMatchObject({ signUp: 'closed' });
  });
});
