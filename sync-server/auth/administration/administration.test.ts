import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createUsers } from '#server/auth/users.ts';
import { until } from '#server/streams/testing/world.fixture.ts';
import { ORIGIN, PASSWORD, type Person, type World, createWorld } from '#server/auth/testing/accounts.fixture.ts';
import { openEmail } from '#server/email/open-email.ts';
import { INVITATION_MS } from './invitations.ts';

describe('the administrator', () => {
  let world: World;
  let ann: Person;
  let bob: Person;
  const signIn = (email: string) => world.call('/sign-in/email', { email, password: PASSWORD });
  const asAnn = (path: string, body?: object) => world.call(`/administration${path}`, body, { cookie: ann.cookie });
  const asBob = (path: string, body?: object) => world.call(`/administration${path}`, body, { cookie: bob.cookie });

  beforeAll(async () => {
    world = await createWorld({ rateLimit: false, storedBytes: () => Promise.resolve(1_234) });
    ann = await world.signUp('Ann', 'ann@example.org');
    bob = await world.signUp('Bob Builder', 'bob@example.org');
  });
  afterAll(async () => {
    await world.close();
  });
  beforeEach(() => {
    world.events.ended.length = 0;
    world.emails.length = 0;
  });

  it('[AC4] is the person with the first account, and nobody else finds the routes', async () => {
    expect((await asAnn('')).json).toEqual({
      isAdministrator: true,
      signUp: 'open',
      people: 2,
      mail: true,
      mailIsLogged: false,
      storedBytes: 1_234,
      openReports: 0,
    });
    expect((await asBob('')).json).toEqual({ isAdministrator: false });
    expect((await world.call('/administration')).status).toBe(401);
    for (const [path, body] of [
      ['/people'],
      ['/people?q=ann'],
      ['/invitations'],
      ['/health'],
      ['/reports?state=open'],
      ['/reports/resolve', { id: 'x', outcome: 'dismissed' }],
      ['/suspend', { userId: ann.id, on: true }],
      ['/end-sessions', { userId: ann.id }],
      ['/send-reset', { userId: ann.id }],
      ['/hand-over', { userId: ann.id }],
      ['/invite', {}],
      ['/withdraw', { id: 'x' }],
    ] as const)
      expect([path, (await asBob(path, body)).status]).toEqual([path, 404]);
    expect(world.events.ended).toEqual([]);
  });

  it('[AC4] is told if emails are only written to the log', async () => {
    const logged = openEmail(
      { mail: undefined, isProduction: false },
      { debug() {}, info() {}, warn() {}, error() {} },
    );
    const again = await world.again({
      rateLimit: false,
      mail: logged && { ...logged, origin: ORIGIN },
    });
    expect((await again.call('/administration', undefined, { cookie: ann.cookie })).json).toMatchObject({
      mail: true,
      mailIsLogged: true,
    });
  });

  it('[AC4] finds people by name or address, and sees how many devices are signed in, but nothing that they wrote', async () => {
    const shown = { id: bob.id, name: 'Bob Builder', email: bob.email, isVerified: false, isSuspended: false };
    for (const q of ['builder', 'bob@example.org', 'BOB@example.org'])
      expect((await asAnn(`/people?q=${encodeURIComponent(q)}`)).json).toEqual({
        people: [{ ...shown, sessions: 1, createdAt: expect.any(String) as string }],
      });
    expect((await asAnn('/people')).json).toMatchObject({ people: [{ id: bob.id }, { id: ann.id }] });
    for (const q of ['example.org', '@', 'nobody', '.*'])
      expect((await asAnn(`/people?q=${encodeURIComponent(q)}`)).json).toEqual({ people: [] });
  });

  it('[AC4] [SEC-23] [SM5] suspends somebody: their sessions end, nothing is sent in their name, and the right password is refused until the suspension ends', async () => {
    expect((await asAnn('/suspend', { userId: bob.id, on: true })).status).toBe(200);
    expect(world.events.ended).toEqual([[[expect.any(String)], 'revoked']]);
    expect(await world.accounts.sessions.find(bob.cookie)).toBeNull();
    const users = createUsers(world.database.connection);
    expect(await Promise.all([bob.id, ann.id].map((id) => users.isBarred(id)))).toEqual([true, false]);
    const refused = await signIn(bob.email);
    expect([refused.status, refused.json]).toMatchObject([403, { code: 'ACCOUNT_SUSPENDED' }]);
    // A wrong password is answered as usual, so that nobody else learns of it. [SEC-27]
    const wrong = await world.call('/sign-in/email', { email: bob.email, password: 'not the password' });
    expect([wrong.status, wrong.json]).toMatchObject([401, { code: 'INVALID_EMAIL_OR_PASSWORD' }]);
    expect((await asAnn('/people?q=bob')).json).toMatchObject({ people: [{ isSuspended: true, sessions: 0 }] });
    expect((await asAnn('/suspend', { userId: bob.id, on: false })).status).toBe(200);
    expect(await users.isBarred(bob.id)).toBe(false);
    bob = { ...bob, cookie: (await signIn(bob.email)).cookie };
    expect((await asAnn('/suspend', { userId: ann.id, on: true })).status).toBe(404);
    expect((await asAnn('/suspend', { userId: 'f'.repeat(24), on: true })).status).toBe(404);
    for (const userId of ['x', '', { $ne: '' }])
      expect((await asAnn('/suspend', { userId, on: true })).status).toBe(400);
  });

  it('[AC4] ends sessions and sends a link for a new password', async () => {
    expect((await asAnn('/end-sessions', { userId: bob.id })).status).toBe(200);
    expect(await world.accounts.sessions.find(bob.cookie)).toBeNull();
    bob = { ...bob, cookie: (await signIn(bob.email)).cookie };
    expect((await asAnn('/send-reset', { userId: bob.id })).status).toBe(200);
    await until(() => world.emails.some(({ to, text }) => to === bob.email && text.includes('/reset-password#')));
  });

  it('[AC5] if people sign up by invitation, a code is valid for one account and for a week, unless it is withdrawn', async () => {
    const invited = await world.again({ signUp: 'invite' });
    const invite = async () =>
      ((await invited.call('/administration/invite', {}, { cookie: ann.cookie })).json as { code: string }).code;
    const join = async (email: string, invitation?: string, password = PASSWORD) =>
      invited.call('/sign-up/email', {
        name: 'New',
        email,
        password,
        ...(invitation === undefined ? {} : { invitation }),
      });
    for (const code of [undefined, 'x', '']) {
      const refused = await join('cleo@example.org', code);
      expect([refused.status, refused.json]).toMatchObject([403, { code: 'SIGN_UP_BY_INVITATION' }]);
    }
    const code = await invite();
    // If the library refuses the sign-up, the invitation can still be used.
    expect((await join('bob@example.org', code)).status).toBe(422);
    expect((await join('cleo@example.org', code)).status).toBe(200);
    expect((await join('dan@example.org', code)).status).toBe(403);

    const both = await invite();
    const racing = await Promise.all([join('eve@example.org', both), join('fay@example.org', both)]);
    expect(racing.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403]);

    const late = await invite();
    const listed = (await invited.call('/administration/invitations', undefined, { cookie: ann.cookie })).json;
    const { invitations } = listed as { invitations: { id: string }[] };
    expect(invitations.length).toBe(1);
    expect(JSON.stringify(listed)).not.toContain(late);
    invited.clock.now += INVITATION_MS;
    expect((await join('gil@example.org', late)).status).toBe(403);

    const withdrawn = await invite();
    const open = (await invited.call('/administration/invitations', undefined, { cookie: ann.cookie })).json;
    for (const { id } of (open as { invitations: { id: string }[] }).invitations)
      await invited.call('/administration/withdraw', { id }, { cookie: ann.cookie });
    expect((await join('gil@example.org', withdrawn)).status).toBe(403);
    expect((await invited.call('/sign-in-options')).json).toMatchObject({ signUp: 'invite' });
    invited.accounts.close();
  });
});
