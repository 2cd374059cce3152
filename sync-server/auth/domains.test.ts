import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '#server/streams/testing/world.fixture.ts';
import { isOfDomain } from './domains.ts';
import { PASSWORD, type World, createWorld } from './testing/accounts.fixture.ts';

it('[AC7] only the exact domain matches, not one that ends with it', () => {
  for (const email of ['ann@example.org', 'ann@EXAMPLE.org']) expect(isOfDomain(email, ['example.org'])).toBe(true);
  for (const email of ['ann@evil-example.org', 'ann@a.example.org', 'ann@example.org.evil.test', 'example.org'])
    expect([email, isOfDomain(email, ['example.net', 'example.org']) && email.includes('@')]).toEqual([email, false]);
});

describe('a server for the addresses of a domain', () => {
  let world: World;
  const join = (email: string) => world.call('/sign-up/email', { name: 'Ann', email, password: PASSWORD });
  const signIn = (email: string) => world.call('/sign-in/email', { email, password: PASSWORD });
  const linksTo = (email: string) =>
    world.emails.filter(({ to, text }) => to === email && text.includes('/verify-email#'));

  beforeAll(async () => {
    world = await createWorld({ domains: ['example.org'] });
  });
  afterAll(async () => {
    world.accounts.close();
    await world.close();
  });

  it('[AC7] [SEC-27] lets only addresses of its domains sign up, and sign in once they are confirmed; the answer for a taken address is the same', async () => {
    expect((await world.call('/sign-in-options')).json).toMatchObject({ signUp: 'open', domains: ['example.org'] });
    const foreign = await join('ann@example.net');
    expect([foreign.status, foreign.json]).toMatchObject([403, { code: 'EMAIL_DOMAIN' }]);

    const joined = await join('ann@example.org');
    expect([joined.status, joined.json]).toEqual([200, { token: null }]);
    expect(joined.cookie).toBe('');
    await until(() => linksTo('ann@example.org').length === 1);
    const refused = await signIn('ann@example.org');
    expect([refused.status, refused.json]).toMatchObject([403, { code: 'EMAIL_NOT_VERIFIED' }]);
    expect(refused.cookie).toBe('');
    // The first link may have been lost.
    await until(() => linksTo('ann@example.org').length === 2);
    const wrong = await world.call('/sign-in/email', { email: 'ann@example.org', password: 'not the password' });
    expect(wrong.status).toBe(401);

    const [, token] = /verify-email#([\w.-]+)/.exec(linksTo('ann@example.org')[0]?.text ?? '') ?? [];
    expect((await world.call('/verify-email', { token })).json).toMatchObject({ code: 'PROOF_REQUIRED' });
    expect((await world.call('/verify-email', { token, password: PASSWORD })).status).toBe(200);
    const whole = await signIn('ann@example.org');
    expect(whole.status).toBe(200);

    const again = await join('ann@example.org');
    expect([again.status, again.json, again.cookie]).toEqual([joined.status, joined.json, joined.cookie]);
    const away = await world.call('/change-email', { newEmail: 'ann@example.net' }, { cookie: whole.cookie });
    expect([away.status, away.json]).toMatchObject([403, { code: 'EMAIL_DOMAIN' }]);
    expect(await world.accounts.sessions.find(whole.cookie)).not.toBeNull();
  });
});
