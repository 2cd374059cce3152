import { afterAll, beforeAll, expect, it } from 'vitest';
import { io } from 'socket.io-client';
import { createTestPasskey } from '#server/auth/testing/passkey.fixture.ts';
import { freePort } from '#server/testing/free-port.fixture.ts';
import { type RunningServer, startServer, temporaryFolder } from '#tests/faults/process.fixture.ts';
import { newGroup, newId, sendOp } from './both-transports.fixture.ts';

/*
 * A server with the most detailed log, over its own database. The test sends it everything that can contain a secret: requests
 * that are accepted, refused, or fail because the mail server and the push service cannot be reached.
 */
const PAGE = 'https://chat.example';
const CLOSED_PORT = 'http://127.0.0.1:1';
const METRICS_TOKEN = 'planted-metrics-token-0123456789';

/** All planted secrets, by their kind. */
const planted = new Map<string, string>([
  ['token of the metrics', METRICS_TOKEN],
  ['secret of the server', 'planted-auth-secret-0123456789-0123456789'],
  ['password of the mail server', 'planted-mail-password'],
]);
const plant = (what: string) => {
  const secret = `planted-${what.replaceAll(' ', '-')}-${crypto.randomUUID().slice(0, 8)}`;
  planted.set(what, secret);
  return secret;
};

let place: ReturnType<typeof temporaryFolder>;
let server: RunningServer;
let origin: string;
beforeAll(async () => {
  place = temporaryFolder();
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  server = await startServer(place.folder, {
    PORT: String(port),
    LOG_LEVEL: 'debug',
    PUBLIC_URL: PAGE,
    TRUST_PROXY: '1',
    AUTH_SECRET: planted.get('secret of the server') ?? '',
    METRICS_TOKEN,
    SMTP_URL: 'smtp://planted-mail-user:planted-mail-password@127.0.0.1:1',
    PUSH_TEST_SERVICE: CLOSED_PORT,
  });
});
afterAll(() => place.remove());

let cookie = '';
async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${origin}${path}`, {
    method,
    headers: {
      cookie,
      origin: PAGE,
      'x-forwarded-for': '203.0.113.77',
      ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined
      ? {}
      : { body: body instanceof FormData || typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    cookies: answer.headers.getSetCookie(),
    json: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>,
  };
}

async function signUp(name: string, email: string, password: string): Promise<string> {
  const { status, cookies, json } = await ask('POST', '/api/auth/sign-up/email', { name, email, password });
  expect(status).toBe(200);
  cookie = cookies.map((each) => each.split(';')[0]).join('; ');
  for (const each of cookies)
    planted.set(`cookie ${each.split('=')[0]}`, decodeURIComponent(/=([^;.]+)/.exec(each)?.[1] ?? ''));
  return (json['user'] as { id: string }).id;
}

it('[SEC-52] no log line and no metric holds a password, a token, a cookie, an address or a text, whatever is sent and whatever fails', async () => {
  planted.set('address of the network', '203.0.113.77');
  const [email, password] = [`${plant('address')}@example.org`, plant('password')];
  const bob = await signUp(
    plant('name of a person'),
    `${plant('second address')}@example.org`,
    plant('second password'),
  );
  const ann = await signUp(plant('name'), email, password);

  // Accounts, right and wrong.
  const post = (path: string, body: unknown, headers?: Record<string, string>) =>
    ask('POST', `/api/auth${path}`, body, headers);
  const agent = { 'user-agent': plant('agent') };
  expect((await post('/sign-in/email', { email, password: plant('wrong password') }, agent)).status).toBe(401);
  expect((await post('/sign-in/email', { email, password }, agent)).status).toBe(200);
  await post('/request-password-reset', { email });
  await post('/request-password-reset', { email: `${plant('unknown address')}@example.org` });
  await post('/reset-password', { token: plant('reset token'), newPassword: plant('reset password') });
  await post('/verify-email', { token: plant('address token') });
  await post('/password-strength', { password: plant('typed password'), about: [plant('about')] });
  await post('/change-email', { newEmail: `${plant('new address')}@example.org` });
  await post('/change-password', { currentPassword: plant('guessed password'), newPassword: plant('new password') });
  await post('/update-user', { name: plant('new name') });
  await post('/two-factor/enable', { password });
  await post('/two-factor/verify-totp', { code: plant('code') });
  const options = await post('/passkey/creation-options', {});
  const answer = createTestPasskey(PAGE).create(options.json['challenge'] as string);
  expect((await post('/passkey/add', { name: plant('passkey'), answer })).status).toBe(200);
  await post('/administration/suspend', { userId: plant('person to suspend'), on: true });

  // Messages, groups, files and searches.
  const group = newGroup();
  const text = plant('text');
  const pushed = await ask('POST', '/api/sync/push', {
    ops: [
      { id: newId(), stream: group, kind: 'conversation.create', title: plant('title'), memberIds: [bob] },
      sendOp(group, text),
      { id: newId(), stream: group, kind: 'membership.update', draft: plant('draft') },
      {
        id: newId(),
        stream: group,
        kind: 'message.send',
        text: plant('refused text'),
        sentAt: 'never',
        [plant('field')]: 1,
      },
    ],
  });
  expect((pushed.json['results'] as { ok: boolean }[]).map(({ ok }) => ok)).toEqual([true, true, true, false]);
  const form = new FormData();
  form.set('stream', group);
  form.set('file', new Blob([plant('content of a file')]), `${plant('name of a file')}.txt`);
  expect((await ask('POST', '/api/media', form)).status).toBe(201);
  await ask('POST', '/api/uploads', '', {
    'tus-resumable': '1.0.0',
    'upload-length': '9',
    'upload-metadata': `name ${btoa(plant('name of an upload'))}`,
  });
  await ask('GET', `/api/search?q=${plant('search')}&stream=${group}`);
  await ask('GET', `/api/users?q=${plant('searched person')}`);
  const link = await ask('POST', '/api/group-links', { stream: group, days: 1 });
  planted.set('token of a link', link.json['token'] as string);
  await ask('POST', '/api/group-links/look', { token: link.json['token'] });
  await ask('GET', `/join/${plant('token in a path')}`);

  // A subscription whose push service cannot be reached; Bob's message makes a push.
  const keys = {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  };
  planted.set('key of a subscription', keys.p256dh).set('secret of a subscription', keys.auth);
  const subscription = { endpoint: `https://fcm.googleapis.com/fcm/send/${plant('endpoint')}`, keys };
  const device = crypto.randomUUID();
  expect((await ask('PUT', '/api/push/subscription', { device, subscription })).status).toBe(200);
  await ask('POST', '/api/push/test', { device });
  await ask('PUT', '/api/push/subscription', {
    device,
    subscription: { endpoint: `http://${plant('endpoint of nobody')}/`, keys },
  });

  // Secrets in odd places. Only the address of a page of one's own, behind a proxy that is not configured, is logged on purpose.
  const foreign = { 'sec-fetch-site': 'cross-site' };
  const [bearer, malformed] = [plant('bearer'), plant('malformed')];
  await ask('GET', `/api/users?password=${plant('query')}&token=${bearer}`, undefined, {
    authorization: `Bearer ${bearer}`,
    referer: `${PAGE}/${plant('referer')}`,
    'x-odd': plant('header'),
  });
  for (const path of ['/api/sync/push', '/api/auth/sign-in/email', '/api/group-links'])
    for (const raw of [
      `{"password": "${malformed}"`,
      malformed,
      `["${malformed}"]`,
      `{"${malformed}": {"__proto__": "${malformed}"}}`,
    ])
      await ask('POST', path, raw);
  await ask('POST', `/api/sync/${plant('verb')}`, {});
  await ask('DELETE', `/api/media/${plant('file id')}`);
  await ask('GET', `/api/%E0%A4%A/${plant('broken path')}`);
  await ask('POST', '/api/sync/pull', {}, { ...foreign, origin: `https://${plant('origin')}.example` });
  await ask(
    'POST',
    '/api/sync/pull',
    { cursors: {} },
    { cookie: `__Host-teamlink.session_token=${plant('forged cookie')}` },
  );
  await handShake({ cookie, origin: PAGE }, { protocol: 1, device: plant('device'), surplus: plant('hand shake') });
  await handShake(
    { cookie: `__Host-teamlink.session_token=${plant('cookie of a socket')}`, origin: PAGE },
    { protocol: 1, device: crypto.randomUUID() },
  );
  await handShake(
    { cookie, ...foreign, origin: `https://${plant('origin of a socket')}.example` },
    { protocol: 1, device: crypto.randomUUID() },
  );

  // Later failures are in the log by now: the email, the push, and the refusals.
  await server.until(/email could not be sent/);
  await server.until(/"route":"\/api\/sync\/:verb"|"route":"\/api\/sync\/push"/);
  const metrics = await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  expect(metrics.status).toBe(200);
  const counted = await metrics.text();
  server.child.kill('SIGTERM');
  expect(await server.gone).toBe(0);

  const said = server.output();
  expect(said.split('\n').length).toBeGreaterThan(40);
  planted.set('person', ann);
  const found = [...planted].filter(([, secret]) =>
    [said, counted].some((text) => text.toLowerCase().includes(secret.toLowerCase())),
  );
  expect(found.map(([what]) => what)).toEqual([]);
  expect(said).not.toMatch(/@example\.org|eyJ[\w-]{10}/);
});

/** Connects, and resolves once the connection was accepted or refused. */
function handShake(extraHeaders: Record<string, string>, auth: object): Promise<void> {
  const socket = io(origin, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth,
    extraHeaders,
  });
  return new Promise((resolve) => {
    for (const end of ['connect', 'connect_error'])
      socket.once(end, () => {
        socket.close();
        resolve();
      });
  });
}
