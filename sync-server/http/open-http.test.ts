import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestPerson, type TestServer, startTestServer } from '#server/testing/server.fixture.ts';

describe('rules for every route', () => {
  let server: TestServer;
  let ann: TestPerson;
  beforeAll(async () => {
    server = await startTestServer();
    ann = await server.signUp('Ann');
  });
  afterAll(() => server.close());

  /** Sends exactly these bytes, which a client library would normalize. */
  async function raw(request: string): Promise<{ status: number; headers: string; body: string }> {
    const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
    socket.write(request.replaceAll('\n', '\r\n'));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    await once(socket, 'close');
    const [headers = '', body = ''] = text.split('\r\n\r\n');
    return { status: Number(headers.split(' ')[1]), headers, body };
  }
  const get = (path: string, more = '') =>
    raw(`GET ${path} HTTP/1.1\nhost: chat.example\ncookie: ${ann.cookie}\nconnection: close\n${more}\n`);

  it('[HT5] a verb that names another person than the session’s is refused', async () => {
    const none = { cursors: {}, only: [] };
    const statusFor = async (user: string) => (await ann.post('pull', none, { 'teamlink-user': user })).status;
    expect([await statusFor(ann.userId), await statusFor('somebody-else')]).toEqual([200, 401]);
  });

  it('[SEC-49] a sign-out makes the browser clear its cache, and a failed one does not', async () => {
    const eve = await server.signUp('Eve');
    const cleared = async (path: string) => {
      const { status, headers } = await eve.request('POST', path, {});
      return [status, headers.get('clear-site-data')];
    };
    expect(await cleared('/api/auth/sign-in/email')).toEqual([400, null]);
    expect(await cleared('/api/auth/sign-out')).toEqual([200, '"cache"']);
  });

  it('[HT1] [SEC-40] [SEC-48] no spelling of a path gets past the rules of /api', async () => {
    const foreign = 'origin: https://evil.example\n';
    for (const path of [
      '/api/users',
      '/%61pi/users',
      '/a%70i/users',
      '/api/%75sers',
      '/api/nothing',
      '/%61pi/nothing',
      'http://chat.example/api/users',
      'https://x/%61pi/users',
    ]) {
      const { status, body } = await get(path, foreign);
      expect({ path, status, body: JSON.parse(body) as unknown }).toMatchObject({
        path,
        status: 403,
        body: { error: { code: 'forbidden', path: 'origin' } },
      });
    }
    for (const path of ['/api/users', '/%61pi/users', 'http://chat.example/api/users'])
      expect((await get(path)).headers.toLowerCase()).toContain('cache-control: no-store');
    for (const path of [
      '//api/users',
      '/API/users',
      '/api//users',
      '/api/users/',
      '/./api/users',
      '/api/../api/users',
      '/api%2fusers',
    ])
      expect({ path, status: (await get(path)).status }).toEqual({ path, status: 404 });
  });

  it('[ER1] [SEC-52] an unreadable request is refused in the protocol’s format, which repeats no part of it', async () => {
    for (const path of ['/api/%E0%A4%A', '/%', `/${'x'.repeat(200)}%`]) {
      const { status, body } = await get(path);
      expect({ path, status }).toEqual({ path, status: 400 });
      expect(JSON.parse(body)).toMatchObject({ error: { code: 'invalid' } });
      expect(body).not.toMatch(/%|xxx|FST|Fastify/);
    }
    const json = await ann.post('pull', '{"cursors": secret}');
    expect(JSON.stringify(json.answer)).not.toContain('secret');
  });

  it('[SEC-42] [SEC-44] a connection that does not speak HTTP is cut, and others are served', async () => {
    for (const nonsense of [
      'nonsense\n\n',
      `GET /${'x'.repeat(100_000)} HTTP/1.1\n\n`,
      `GET / HTTP/1.1\nx: ${'y'.repeat(100_000)}\n\n`,
    ]) {
      const { status } = await raw(nonsense);
      expect([400, 414, 431]).toContain(status);
    }
    const smuggled = await raw(
      'POST /api/sync/pull HTTP/1.1\nhost: x\ncontent-type: application/json\ncontent-length: 5\ntransfer-encoding: chunked\n\n0\n\nGET /api/users HTTP/1.1\n\n',
    );
    expect(smuggled.status).toBe(400);
    expect((await ann.get('/healthz')).status).toBe(200);
  });

  it('[SEC-22] an absolute URL reaches the accounts like a path', async () => {
    const { status, headers } = await get('http://chat.example/api/auth/get-session');
    expect(status).toBe(404);
    expect(headers.toLowerCase()).not.toContain('location:');
  });

  it('other methods on a verb’s route are 404', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
      const answer = await fetch(`${server.origin}/api/sync/pull`, { method, headers: { cookie: ann.cookie } });
      expect({ method, status: answer.status }).toEqual({ method, status: 404 });
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
