import { writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { io } from 'socket.io-client';
import { startTestServer } from '#server/testing/server.fixture.ts';
import { selfSigned } from './certificate.fixture.ts';
import { startServer, temporaryFolder } from './process.fixture.ts';

describe('the address of a server', () => {
  let place: ReturnType<typeof temporaryFolder>;
  beforeAll(() => void (place = temporaryFolder()));
  afterAll(() => place.remove());

  it('[SEC-28] [SEC-46] with a certificate, app, API and socket use https, and cookies are for this host only', async () => {
    const { cert, key } = selfSigned();
    const [certPath, keyPath] = ['cert.pem', 'key.pem'].map((name) => join(place.folder, name)) as [string, string];
    writeFileSync(certPath, cert);
    writeFileSync(keyPath, key);
    const server = await startServer(join(place.folder, 'tls'), { TLS_CERT: certPath, TLS_KEY: keyPath });
    expect(server.origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);

    const signedUp = await ask(`${server.origin}/api/auth/sign-up/email`, {
      ca: cert,
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.origin },
      body: JSON.stringify({ name: 'Ann', email: 'ann@example.org', password: 'a long password' }),
    });
    expect(signedUp.status).toBe(200);
    expect(signedUp.headers['strict-transport-security']).toContain('max-age=31536000');
    const cookies = signedUp.headers['set-cookie'] ?? [];
    expect(cookies.some((each) => /^__Host-[^;]+;.*Secure/i.test(each))).toBe(true);
    const cookie = cookies.map((each) => each.split(';')[0]).join('; ');

    const socket = io(server.origin, {
      ca: cert,
      transports: ['websocket'],
      reconnection: false,
      auth: { protocol: 1, device: crypto.randomUUID() },
      extraHeaders: { cookie, origin: server.origin },
    });
    await new Promise((resolve, reject) => {
      socket.once('welcome', resolve);
      socket.once('connect_error', reject);
    });
    socket.close();
    server.child.kill('SIGTERM');
    expect(await server.gone).toBe(0);
  });

  it('an IPv6 address is printed as browsers take it, in brackets', async ({ skip }) => {
    const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));
    if (!hasIpv6) skip();
    const server = await startServer(join(place.folder, 'ipv6'), { HOST: '::1' });
    expect(server.origin).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${server.origin}/healthz`)).status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.gone).toBe(0);
  });

  it('[HT1] [SEC-21] [SEC-40] with PUBLIC_URL only that origin is accepted, and not the address it listens on', async () => {
    const server = await startTestServer({ PUBLIC_URL: 'https://chat.example' });
    const statusFrom = async (origin: string) =>
      (await fetch(`${server.origin}/api/sync/pull`, { method: 'POST', headers: { origin } })).status;
    expect(await statusFrom('https://chat.example')).not.toBe(403);
    for (const origin of [server.origin, 'http://chat.example', 'https://chat.example.evil.example'])
      expect({ origin, status: await statusFrom(origin) }).toEqual({ origin, status: 403 });
    await server.close();
  });
});

interface HttpsRequest extends RequestOptions {
  body: string;
}

function ask(url: string, { body, ...options }: HttpsRequest) {
  return new Promise<{ status: number | undefined; headers: IncomingHttpHeaders }>((resolve, reject) => {
    const asked = request(url, options, (answer) => {
      answer.resume();
      answer.once('end', () => resolve({ status: answer.statusCode, headers: answer.headers }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
