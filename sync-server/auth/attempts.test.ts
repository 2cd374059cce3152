import { afterEach, describe, expect, it } from 'vitest';
import { createAttempts } from './attempts.ts';
import { PASSWORD, type How, type World, createWorld } from './testing/accounts.fixture.ts';

const email = 'ann@example.org';

describe('limits of attempts', () => {
  let world: World;
  afterEach(() => world.close());

  const signIn = (password: string, how: How = {}, to = email) =>
    world.call('/sign-in/email', { email: to, password }, how);
  const statuses = async (count: number, attempt: (at: number) => Promise<{ status: number }>) => {
    const all: number[] = [];
    for (let at = 0; at < count; at++) all.push((await attempt(at)).status);
    return all;
  };
  /** Refused before the password is hashed, which costs most of an attempt. */
  const invalidAddress = (at: number) => `guess..${at}@example.org`;
  const times = (count: number, status: number) => Array.from({ length: count }, () => status);

  it('[SEC-22] ten wrong passwords lock an account for 15 minutes, from everywhere except its known devices', async () => {
    world = await createWorld();
    const ann = await world.signUp('Ann', email);
    const guesses = await statuses(12, (at) =>
      signIn('wrong password', { from: `198.51.100.${at}`, headers: { 'x-forwarded-for': `10.0.0.${at}` } }),
    );
    expect(guesses).toEqual([...times(10, 401), 429, 429]);
    const refused = await signIn(PASSWORD, { from: '203.0.113.1' });
    expect(refused.json).toEqual({ code: 'TOO_MANY_REQUESTS', message: expect.any(String) as string });
    expect(Number(refused.headers.get('retry-after'))).toBe(900);
    // Upper case names the same account.
    expect((await signIn(PASSWORD, {}, email.toUpperCase())).status).toBe(429);

    expect((await signIn(PASSWORD, { cookie: ann.cookie })).status).toBe(200);
    // A device is known only for the accounts to which it has signed in.
    const bob = await world.signUp('Bob', 'bob@example.org');
    expect((await signIn(PASSWORD, { cookie: bob.cookie })).status).toBe(429);
    const device = /teamlink\.device=[^;]+/.exec(ann.cookie)?.[0] ?? '';
    expect((await signIn(PASSWORD, { cookie: `${device.slice(0, -2)}xx` })).status).toBe(429);
    // A known device cannot guess forever either.
    expect(await statuses(11, () => signIn('wrong password', { cookie: device }))).toEqual([...times(10, 401), 429]);

    world.clock.now += 15 * 60_000;
    expect((await signIn(PASSWORD)).status).toBe(200);
  });

  it('[HT2] [SEC-27] an unknown address is limited like a known one', async () => {
    world = await createWorld();
    expect(await statuses(11, () => signIn('wrong password', {}, 'nobody@example.org'))).toEqual([
      ...times(10, 401),
      429,
    ]);
  });

  it('[SEC-22] concurrent guesses get no further than sequential ones', async () => {
    world = await createWorld();
    await world.signUp('Ann', email);
    const all = await Promise.all(Array.from({ length: 25 }, () => signIn('wrong password')));
    expect(all.filter(({ status }) => status === 401).length).toBe(10);
    expect(all.filter(({ status }) => status === 429).length).toBe(15);
  });

  it('[SEC-22] correct passwords are not counted', async () => {
    world = await createWorld();
    await world.signUp('Ann', email);
    expect(await statuses(11, () => signIn(PASSWORD))).toEqual(times(11, 200));
  });

  it('[SEC-22] a network is limited across all accounts, an IPv6 one by its /64', async () => {
    world = await createWorld();
    await world.signUp('Ann', email);
    const inNetwork = (at: number) => ({ from: `2001:db8:0:7::${at.toString(16)}` });
    const refused = await statuses(48, (at) => signIn('wrong password', inNetwork(at), invalidAddress(at)));
    expect(refused).toEqual(times(48, 400));
    const guesses = await statuses(2, (at) => signIn('wrong password', inNetwork(at), `guess-${at}@example.org`));
    expect(guesses).toEqual(times(2, 401));
    expect((await signIn(PASSWORD, inNetwork(99))).status).toBe(429);
    expect((await signIn(PASSWORD, { from: '2001:db8:0:8::1' })).status).toBe(200);
  });

  it('[SEC-22] guesses at the current password with a session are limited', async () => {
    world = await createWorld();
    const { cookie } = await world.signUp('Ann', email);
    const change = (currentPassword: string) =>
      world.call('/change-password', { currentPassword, newPassword: 'another correct horse' }, { cookie });
    expect(await statuses(11, () => change('wrong password'))).toEqual([...times(10, 400), 429]);
    expect((await change(PASSWORD)).status).toBe(429);
  });

  it('[SEC-22] sign-ups, changes of name and searches are limited', async () => {
    world = await createWorld();
    const { cookie, id } = await world.signUp('Ann', email);
    // Refused ones count too, because they reveal who has an account.
    const signUpAs = (address: string) =>
      world.call('/sign-up/email', { name: 'Ann', email: address, password: PASSWORD });
    expect(await statuses(47, (at) => signUpAs(invalidAddress(at)))).toEqual(times(47, 400));
    expect(await statuses(3, () => signUpAs(email))).toEqual([422, 422, 429]);
    const renamed = await statuses(31, (at) => world.call('/update-user', { name: `Ann ${at}` }, { cookie }));
    expect(renamed).toEqual([...times(30, 200), 429]);
    for (let search = 0; search < 120; search++)
      expect(await world.accounts.users({ userId: id }, { q: 'an' }, '::1')).toHaveProperty('users');
    expect(await world.accounts.users({ userId: id }, { q: 'an' }, '::1')).toEqual({
      error: { code: 'rate_limited', message: expect.any(String) as string, retryAfterMs: 60_000 },
    });
  });

  it('nothing is limited when limits are switched off', async () => {
    world = await createWorld({ rateLimit: false });
    await world.signUp('Ann', email);
    const all = await Promise.all(Array.from({ length: 11 }, () => signIn('wrong password')));
    expect(all.map(({ status }) => status)).toEqual(times(11, 401));
  });
});

it('[SEC-22] an office behind one address can sign in by a provider, and a flood is limited', () => {
  const attempts = createAttempts(() => 1_700_000_000_000, true);
  // Each of five hundred people goes to the provider and comes back.
  for (let way = 0; way < 1_000; way += 1) expect(attempts.provider('192.0.2.1').waitMs).toBe(0);
  expect(attempts.provider('192.0.2.1').waitMs).toBeGreaterThan(0);
  expect(attempts.provider('192.0.2.2').waitMs).toBe(0);
});
