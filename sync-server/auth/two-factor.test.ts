import { createOTP } from '@better-auth/utils/otp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '#server/streams/testing/world.fixture.ts';
import { secretIn } from './testing/authenticator.fixture.ts';
import { PASSWORD, type Person, type World, createWorld } from './testing/accounts.fixture.ts';

describe('a second factor', () => {
  let world: World;
  let ann: Person;
  let count = 0;
  const signIn = (password = PASSWORD) => world.call('/sign-in/email', { email: ann.email, password });
  const isSignedIn = async (cookie: string) => (await world.accounts.sessions.find(cookie)) !== null;

  beforeAll(async () => {
    world = await createWorld({ rateLimit: false });
  });
  afterAll(async () => {
    await world.close();
  });
  beforeEach(async () => {
    count += 1;
    ann = await world.signUp('Ann', `ann-${count}@example.org`);
    world.events.ended.length = 0;
    world.emails.length = 0;
  });

  /** Sets it up as an authenticator app does. */
  async function turnedOn(
    meanwhile?: () => Promise<unknown>,
  ): Promise<{ cookie: string; code: () => Promise<string>; recoveryCodes: string[] }> {
    const started = await world.call('/two-factor/enable', { password: PASSWORD }, { cookie: ann.cookie });
    expect(started.status).toBe(200);
    const { totpURI, backupCodes } = started.json as { totpURI: string; backupCodes: string[] };
    const secret = secretIn(new URL(totpURI).searchParams.get('secret') ?? '');
    // The code of the next half minute, which is accepted too, because turning it on has used up the current one.
    const code = () => createOTP(secret).hotp(Math.floor(Date.now() / 30_000) + 1);
    await meanwhile?.();
    const first = await createOTP(secret).totp();
    const verified = await world.call('/two-factor/verify-totp', { code: first }, { cookie: ann.cookie });
    expect(verified.status).toBe(200);
    return { cookie: verified.cookie, code, recoveryCodes: backupCodes };
  }

  it('[AC6] [SEC-24] is required at each sign-in, and the password alone opens nothing', async () => {
    const { cookie, code } = await turnedOn();
    expect(await isSignedIn(cookie)).toBe(true);
    const half = await signIn();
    expect([half.status, half.json]).toMatchObject([200, { twoFactorRedirect: true }]);
    expect(await isSignedIn(half.cookie)).toBe(false);
    for (const path of ['/list-sessions', '/administration'])
      expect((await world.call(path, undefined, { cookie: half.cookie })).status).toBe(401);
    const wrong = await world.call('/two-factor/verify-totp', { code: '000000' }, { cookie: half.cookie });
    expect([wrong.status, wrong.json]).toMatchObject([401, { code: 'INVALID_CODE' }]);
    const right = await code();
    const whole = await world.call(
      '/two-factor/verify-totp',
      { code: `${right.slice(0, 3)} ${right.slice(3)}` },
      { cookie: half.cookie },
    );
    expect(whole.status).toBe(200);
    expect(await isSignedIn(whole.cookie)).toBe(true);
    // Without the password a code is worth nothing, and with it a code works once.
    const again = await world.call('/two-factor/verify-totp', { code: right }, { cookie: (await signIn()).cookie });
    expect([again.status, again.json]).toMatchObject([401, { code: 'INVALID_CODE' }]);
    expect(await isSignedIn(again.cookie)).toBe(false);
    expect((await world.call('/two-factor/verify-totp', { code: await code() })).status).toBe(401);
    expect((await signIn('not the password')).status).toBe(401);
  });

  it('[AC6] a recovery code works instead of a code, once', async () => {
    const { recoveryCodes } = await turnedOn();
    expect(recoveryCodes.length).toBeGreaterThanOrEqual(8);
    const use = async (code: string) =>
      world.call('/two-factor/verify-backup-code', { code }, { cookie: (await signIn()).cookie });
    const first = await use(recoveryCodes[0] ?? '');
    expect(first.status).toBe(200);
    expect(await isSignedIn(first.cookie)).toBe(true);
    for (const code of [recoveryCodes[0] ?? '', 'aaaaa-aaaaa']) expect((await use(code)).status).toBe(401);
  });

  it('[AC6] [SEC-23] setting it up and turning it off need the password, and sign out sessions with only the password', async () => {
    const other = await signIn();
    const refused = await world.call('/two-factor/enable', { password: 'not the password' }, { cookie: ann.cookie });
    expect([refused.status, refused.json]).toMatchObject([400, { code: 'INVALID_PASSWORD' }]);
    expect(await isSignedIn(other.cookie)).toBe(true);
    const { cookie } = await turnedOn();
    expect(await isSignedIn(other.cookie)).toBe(false);
    for (const path of ['/two-factor/enable', '/two-factor/disable'])
      expect((await world.call(path, { password: PASSWORD })).status).toBe(401);
    const off = await world.call('/two-factor/disable', { password: PASSWORD }, { cookie });
    expect(off.status).toBe(200);
    expect((await signIn()).json).not.toMatchObject({ twoFactorRedirect: true });
  });

  it('[AC6] [SEC-23] turning it on ends sessions that were opened with the password while it was set up', async () => {
    let between = '';
    const { cookie } = await turnedOn(async () => {
      between = (await signIn()).cookie;
      expect(await isSignedIn(between)).toBe(true);
    });
    expect(await isSignedIn(between)).toBe(false);
    expect(await isSignedIn(cookie)).toBe(true);
  });

  it('[AC1] [AC6] the password alone does not stop the deletion of an account that has one', async () => {
    const { cookie, code } = await turnedOn();
    const isKept = async () =>
      (await world.database.connection
        .collection('user')
        .findOne({ email: ann.email, deletedAfter: { $exists: true } })) === null;
    expect((await world.call('/delete-account', { password: PASSWORD }, { cookie })).status).toBe(200);
    const half = await signIn();
    expect(await isKept()).toBe(false);
    expect((await world.call('/two-factor/verify-totp', { code: await code() }, { cookie: half.cookie })).status).toBe(
      200,
    );
    expect(await isKept()).toBe(true);
  });

  it('[AC6] [SEC-22] guesses of codes are limited, from any address', async () => {
    await turnedOn();
    const half = await signIn();
    const codes: string[] = [];
    for (let at = 0; at < 7; at += 1) {
      const from = `192.0.2.${at}`;
      const answer = await world.call('/two-factor/verify-totp', { code: `00000${at}` }, { cookie: half.cookie, from });
      codes.push((answer.json as { code: string }).code);
    }
    expect(codes.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'INVALID_CODE'));
    expect(codes.slice(5)).not.toContain('INVALID_CODE');
  });

  it('[SEC-31] one that a stranger set up for my address ends when I confirm it', async () => {
    await turnedOn();
    await until(() => world.emails.some(({ text }) => text.includes('/verify-email#')));
    const [, token] = /verify-email#([\w.-]+)/.exec(world.emails.map(({ text }) => text).join('')) ?? [];
    const newPassword = 'another correct horse';
    expect((await world.call('/verify-email', { token, newPassword })).status).toBe(200);
    expect((await signIn(newPassword)).json).not.toMatchObject({ twoFactorRedirect: true });
  });
});
