import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN, PASSWORD, type World, createWorld } from './testing/accounts.fixture.ts';

const good = { name: 'Ann', email: 'ann@example.org', password: PASSWORD };

describe('the gate', () => {
  let world: World;
  let cookie: string;
  beforeAll(async () => {
    world = await createWorld({ rateLimit: false });
    ({ cookie } = await world.signUp('Known', 'known@example.org'));
  });
  afterAll(() => world.close());

  const stored = async () =>
    JSON.stringify(
      await Promise.all(['user', 'account'].map((name) => world.database.connection.collection(name).find().toArray())),
    );

  it('[SEC-25] answers 404 for every route that is not in use', async () => {
    const unknown = [
      '',
      '/',
      '/ok',
      '/error',
      '/nothing',
      '/sign-in/social',
      '/callback/google',
      '/reset-password/x',
      '/delete-user',
      '/update-session',
      '/list-accounts',
      '/link-social',
      '/unlink-account',
      '/get-access-token',
      '/refresh-token',
      '/verify-password',
      '/reference',
      '/__proto__',
      '/constructor',
    ];
    for (const path of unknown)
      for (const method of ['GET', 'POST']) {
        const answer = await world.call(path, {}, { method, cookie });
        expect([path, answer.status]).toEqual([path, 404]);
      }
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])
      expect((await world.call('/sign-in/email', {}, { method })).status).toBe(404);
    // Programs open the links in emails to check them, so only a press by a person may change anything.
    for (const path of ['/verify-email', '/verify-email?token=x', '/reset-password'])
      expect([path, (await world.call(path)).status]).toEqual([path, 404]);
  });

  it('[SEC-22] accepts only one spelling of a path', async () => {
    for (const path of [
      '//sign-in/email',
      '/sign-in//email',
      '/sign-in/email/',
      '/Sign-In/email',
      '/sign-in%2femail',
      '/sign-in/email%20',
      '/%73ign-in/email',
      '/sign-in/email;x',
    ])
      expect([path, (await world.call(path, { email: good.email, password: PASSWORD })).status]).toEqual([path, 404]);
  });

  it('[HT1] [SEC-40] refuses a page of another origin before anything is done', async () => {
    const before = await stored();
    for (const headers of [
      { origin: 'https://evil.test' },
      { origin: `${ORIGIN}.evil.test` },
      { origin: `${ORIGIN}:8080` },
      { origin: 'null' },
      { origin: '' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      const request = new Request(`${ORIGIN}/api/auth/sign-up/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, ...headers },
        body: JSON.stringify(good),
      });
      expect((await world.accounts.handle(request, '::1')).status).toBe(403);
    }
    const read = await world.call('/get-session', undefined, { cookie, headers: { origin: 'https://evil.test' } });
    expect(read.status).toBe(403);
    expect(await stored()).toBe(before);
  });

  it('[HT1] accepts the origin that a request was sent to as its own if no public one is configured', async () => {
    const open = await world.again({ publicOrigin: undefined });
    const ask = (to: string, origin: string) =>
      open.accounts.handle(
        new Request(`${to}/api/auth/sign-out`, { method: 'POST', headers: { origin, cookie: 'a=b' } }),
        '::1',
      );
    expect((await ask('http://localhost:3000', 'http://localhost:3000')).status).toBe(200);
    expect((await ask('http://127.0.0.1:3000', 'http://127.0.0.1:3000')).status).toBe(200);
    expect((await ask('http://localhost:3000', 'http://localhost:4000')).status).toBe(403);
  });

  it('[SEC-21] no header decides about a host, an address or a redirect', async () => {
    const headers = {
      'x-forwarded-host': 'evil.test',
      'x-forwarded-for': '203.0.113.9',
      'x-tl-client-ip': '203.0.113.9',
      'x-real-ip': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
    };
    const answer = await world.call(
      '/sign-in/email',
      { email: 'known@example.org', password: PASSWORD },
      { headers, from: '192.0.2.77' },
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('location')).toBeNull();
    const list = (await world.call('/list-sessions', undefined, { cookie: answer.cookie })).json;
    expect(list).toContainEqual(expect.objectContaining({ ipAddress: '192.0.2.77' }));
    expect(JSON.stringify(list)).not.toContain('203.0.113.9');
  });

  it('[HT2] [SEC-01] refuses every malformed field in the library’s form, and writes nothing', async () => {
    const before = await stored();
    const wrong: [string, unknown, string][] = [
      ...['', ' ', '\u2063', '\u2800', 'x'.repeat(101), '\ud800', 7, null, {}, { $gt: '' }, ['a']].map(
        (name): [string, unknown, string] => ['/sign-up/email', { ...good, name }, 'INVALID_NAME'],
      ),
      ...[
        '',
        'no address',
        'a@b',
        'a\u0000@example.org',
        '\ud800@example.org',
        `${'a'.repeat(300)}@example.org`,
        { $ne: null },
        null,
        ['a@example.org'],
      ].map((email): [string, unknown, string] => ['/sign-up/email', { ...good, email }, 'INVALID_EMAIL']),
      ...['\ud800aaaaaaaaa', 12_345_678, null, { $ne: '' }].map((password): [string, unknown, string] => [
        '/sign-up/email',
        { ...good, password },
        'INVALID_PASSWORD',
      ]),
      ['/sign-up/email', { ...good, password: 'short' }, 'PASSWORD_TOO_SHORT'],
      ['/sign-up/email', { ...good, password: 'Password123!' }, 'PASSWORD_TOO_COMMON'],
      ['/change-password', { currentPassword: PASSWORD, newPassword: 'iloveyou' }, 'PASSWORD_TOO_COMMON'],
      ['/reset-password', { token: 'x', newPassword: '12345678' }, 'PASSWORD_TOO_COMMON'],
      ['/sign-up/email', { ...good, password: 'x'.repeat(500) }, 'PASSWORD_TOO_LONG'],
      ['/sign-up/email', { ...good, image: 'https://evil.test/a.png' }, 'INVALID_IMAGE'],
      ...['nameKey', 'nameGrams', 'emailVerified', 'id', 'role', 'callbackURL', 'findable', '$where'].map(
        (field): [string, unknown, string] => ['/sign-up/email', { ...good, [field]: 'x' }, 'VALIDATION_ERROR'],
      ),
      [
        '/sign-in/email',
        { email: good.email, password: PASSWORD, callbackURL: 'https://evil.test' },
        'VALIDATION_ERROR',
      ],
      ['/sign-in/email', { email: { $gt: '' }, password: PASSWORD }, 'INVALID_EMAIL'],
      ['/sign-in/email', { email: 'known@example.org', password: { $gt: '' } }, 'INVALID_PASSWORD'],
      ['/update-user', { name: '' }, 'INVALID_NAME'],
      ['/update-user', { name: '\u3164\u200b' }, 'INVALID_NAME'],
      ['/update-user', { image: 'abc' }, 'INVALID_IMAGE'],
      ['/update-user', { about: 'a'.repeat(141) }, 'INVALID_ABOUT'],
      ['/update-user', { findable: 'yes' }, 'VALIDATION_ERROR'],
      ['/update-user', { email: 'other@example.org' }, 'INVALID_EMAIL'],
      ['/update-user', { nameKey: 'aaa' }, 'VALIDATION_ERROR'],
      ['/change-password', { currentPassword: { $gt: '' }, newPassword: PASSWORD }, 'INVALID_PASSWORD'],
      ['/revoke-session', { token: { $gt: '' } }, 'VALIDATION_ERROR'],
      ['/revoke-sessions', { all: true }, 'VALIDATION_ERROR'],
      ['/sign-in/email', [], 'INVALID_EMAIL'],
      ...['text', 7, null].map((body): [string, unknown, string] => ['/sign-in/email', body, 'VALIDATION_ERROR']),
    ];
    for (const [path, body, code] of wrong) {
      const answer = await world.call(path, body, { cookie });
      expect([path, body, answer.status, answer.json]).toEqual([
        path,
        body,
        400,
        { code, message: expect.any(String) as string },
      ]);
    }
    for (const field of ['__proto__', 'constructor', 'prototype']) {
      const raw = JSON.stringify(good).replace('{', `{"${field}":{"findable":false},`);
      expect((await world.call('/sign-up/email', undefined, { raw })).status).toBe(400);
    }
    expect(await stored()).toBe(before);
  });

  it('[SEC-41] accepts only small bodies of JSON that are declared as JSON', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'multipart/form-data; boundary=x',
      '',
    ];
    for (const type of types)
      expect((await world.call('/sign-up/email', good, { headers: { 'content-type': type } })).status).toBe(415);
    for (const raw of ['{', '{"a":1} x', 'undefined', '\u0000'])
      expect((await world.call('/sign-up/email', undefined, { raw })).status).toBe(400);
    const huge = JSON.stringify({ ...good, name: 'x'.repeat(5_000_000) });
    expect((await world.call('/sign-up/email', undefined, { raw: huge })).status).toBe(413);
    expect((await world.call('/get-session', undefined, { cookie })).json).toMatchObject({ user: { name: 'Known' } });
  });

  it('answers 401 on a person’s routes without a session', async () => {
    const bodies = {
      '/update-user': { name: 'X' },
      '/change-password': { currentPassword: PASSWORD, newPassword: PASSWORD },
      '/revoke-session': { token: 'x' },
      '/revoke-sessions': {},
      '/revoke-other-sessions': {},
    };
    for (const [path, body] of Object.entries(bodies))
      expect((await world.call(path, body)).json).toEqual({ code: 'UNAUTHORIZED', message: 'Unauthorized' });
    expect((await world.call('/list-sessions')).status).toBe(401);
    expect((await world.call('/sign-out', {})).status).toBe(200);
  });

  it('[SEC-48] forbids caching its answers, which hold no search keys', async () => {
    for (const [path, body] of [
      ['/get-session', undefined],
      ['/list-sessions', undefined],
      ['/sign-in/email', { email: 'known@example.org', password: PASSWORD }],
      ['/nothing', undefined],
    ] as const) {
      const answer = await world.call(path, body, { cookie });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(JSON.stringify(answer.json)).not.toMatch(/nameKey|nameGrams|nameFolded|password/);
    }
  });
});
