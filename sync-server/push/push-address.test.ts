import type { LookupAddress } from 'node:dns';
import { createECDH } from 'node:crypto';
import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { isCurvePoint } from './curve-point.ts';
import { outcomeOf } from './deliver-pushes.ts';
import { parseEndpoint } from './endpoint.ts';
import { checkedLookup, createPostPush } from './post-push.ts';
import { isPublicAddress } from './public-address.ts';

test.each([
  'https://fcm.googleapis.com/fcm/send/abc',
  'https://fcm.googleapis.com:443/wp/abc',
  'https://updates.push.services.mozilla.com/wpush/v2/abc',
  'https://web.push.apple.com/abc',
  'https://wns2-par02p.notify.windows.com/w/?token=abc',
  'https://push.example.org/abc',
])('[SEC-65] %s is the address of a push service', (endpoint) => {
  expect(parseEndpoint(endpoint, ['push.example.org'])).toBeInstanceOf(URL);
});

test.each([
  'http://fcm.googleapis.com/abc',
  'https://fcm.googleapis.com:8443/abc',
  'https://user@fcm.googleapis.com/abc',
  'https://user:pass@fcm.googleapis.com/abc',
  'https://fcm.googleapis.com.example.org/abc',
  'https://fcm.googleapis.com@example.org/abc',
  'https://example.org/fcm.googleapis.com',
  'https://evilnotify.windows.com/abc',
  'https://fcm.googleapis.com./abc',
  'https://127.0.0.1/abc',
  'https://[::1]/abc',
  'https://2130706433/abc',
  'https://localhost/abc',
  'https://169.254.169.254/latest/meta-data',
  'file:///etc/passwd',
  'javascript:alert(1)',
  '//fcm.googleapis.com/abc',
  '',
])('[SEC-65] %s is refused', (endpoint) => {
  expect(parseEndpoint(endpoint, [])).toBeUndefined();
});

const privateAddresses = [
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  'fe80::1',
  'fc00::1',
  'fd12::1',
  'ff02::1',
  '2001::1',
  '2002:7f00:1::',
  '2001:db8::1',
  'no address',
];
test('[SEC-65] private, loopback, link-local, reserved and embedded addresses are not public', () => {
  expect(privateAddresses.filter(isPublicAddress)).toEqual([]);
  const reachable = ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2a00:1450:4001:80b::200a', '2607:f8b0::1'];
  expect(reachable.filter((address) => !isPublicAddress(address))).toEqual([]);
});

describe('[SEC-65] the lookup of a connection', () => {
  const looked = (addresses: string[], all: boolean) =>
    new Promise((resolve) => {
      const answer = addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }));
      checkedLookup((_name, done) => done(null, answer))('push.test', { all }, (error, found) =>
        resolve(error === null ? found : 'refused'),
      );
    });

  it('gives the socket the addresses that it has checked', async () => {
    expect(await looked(['8.8.8.8', '2a00::1'], true)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2a00::1', family: 6 },
    ]);
    expect(await looked(['8.8.8.8'], false)).toBe('8.8.8.8');
  });

  it('refuses a name if any of its addresses is not public, or if it has none', async () => {
    expect(await looked(['8.8.8.8', '127.0.0.1'], true)).toBe('refused');
    expect(await looked(['::ffff:10.0.0.1'], true)).toBe('refused');
    expect(await looked([], true)).toBe('refused');
  });

  it('is asked for each new connection, so that a name that changes its address reaches no private one', async () => {
    let asked = 0;
    const { post, close } = createPostPush({
      resolve(_name, done) {
        asked += 1;
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    const endpoint = new URL('https://fcm.googleapis.com/abc');
    expect(await post({ endpoint, headers: {}, body: Buffer.alloc(0) })).toEqual({
      status: undefined,
      retryAfter: undefined,
    });
    expect(asked).toBe(1);
    close();
  });
});

test('[SEC-65] only points on the curve are keys', () => {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const point = ecdh.getPublicKey();
  expect(isCurvePoint(point.toString('base64url'))).toBe(true);
  const moved = Buffer.from(point);
  moved[64] = (moved[64] ?? 0) ^ 1;
  const others = [moved, Buffer.alloc(65, 4), ecdh.getPublicKey(undefined, 'compressed'), Buffer.alloc(0)];
  expect(others.map((each) => isCurvePoint(each.toString('base64url')))).toEqual([false, false, false, false]);
});

describe('[SEC-65] a push service', () => {
  const push = { endpoint: new URL('https://fcm.googleapis.com/abc'), headers: {}, body: Buffer.from('push') };

  /** A service that answers as the test says, and the requests that it got. */
  async function service(answer: (response: ServerResponse) => void) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      answer(response);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { post, close } = createPostPush({ testService: origin, timeoutMs: 200 });
    onTestFinished(() => {
      close();
      server.closeAllConnections();
      server.close();
    });
    return { asked, origin, post };
  }

  it('that redirects is not followed, to wherever it leads', async () => {
    const { asked, post, origin } = await service((response) =>
      response.writeHead(307, { location: `${origin}/latest/meta-data` }).end(),
    );
    const { status } = await post(push);
    expect([status, outcomeOf(status), asked]).toEqual([307, 'refused', ['/abc']]);
  });

  it('that answers without end is read only as far as needed', async () => {
    let closed = (): void => undefined;
    const isClosed = new Promise<void>((resolve) => (closed = resolve));
    const { post } = await service((response) => {
      response.on('close', closed).writeHead(201, { 'retry-after': '7' });
      const more = () => void response.write('x'.repeat(1_000), () => setImmediate(more));
      more();
    });
    expect(await post(push)).toEqual({ status: 201, retryAfter: '7' });
    await isClosed;
  });

  it('that never answers, or ends the connection, is tried again later', async () => {
    const silent = await service(() => undefined);
    const rude = await service((response) => response.destroy());
    for (const { post } of [silent, rude]) expect(outcomeOf((await post(push)).status)).toBe('later');
  });
});
