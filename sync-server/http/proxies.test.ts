import type { IncomingMessage } from 'node:http';
import fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import type { Config } from '#server/config.ts';
import { addressOf, trustOf } from './proxies.ts';

const CLIENT = '203.0.113.7';
const FORGED = '198.51.100.1';

describe('[SEC-22] X-Forwarded-For is trusted only from configured proxies, for HTTP and the socket alike', () => {
  test.each<[string, Config['trustProxy'], string, string | undefined, string]>([
    ['nobody is trusted', false, CLIENT, FORGED, CLIENT],
    ['nobody is trusted, this machine neither', false, '127.0.0.1', FORGED, '127.0.0.1'],
    ['one hop', 1, '10.0.0.1', CLIENT, CLIENT],
    ['one hop, and the client forged a header', 1, '10.0.0.1', `${FORGED}, ${CLIENT}`, CLIENT],
    ['two hops', 2, '10.0.0.1', `${FORGED}, ${CLIENT}, 10.0.0.2`, CLIENT],
    ['a network that the proxy is in', ['10.0.0.0/8'], '10.0.0.1', `${FORGED}, ${CLIENT}`, CLIENT],
    ['a network that the sender is not in', ['10.0.0.0/8'], CLIENT, FORGED, CLIENT],
    ['two proxies of that network', ['10.0.0.0/8'], '10.0.0.1', `${FORGED}, ${CLIENT}, 10.9.9.9`, CLIENT],
    ['one address', ['::1'], '::1', CLIENT, CLIENT],
    ['an IPv4 proxy on an IPv6 socket', ['10.0.0.0/8'], '::ffff:10.0.0.1', CLIENT, CLIENT],
    ['a proxy that says nothing', 1, '10.0.0.1', undefined, '10.0.0.1'],
  ])('%s', async (_what, configured, remoteAddress, forwarded, wanted) => {
    const trust = trustOf(configured);
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    const handShake = { socket: { remoteAddress }, connection: { remoteAddress }, headers };
    expect(addressOf(handShake as unknown as IncomingMessage, trust)).toBe(wanted);

    const app = fastify({ trustProxy: trust });
    app.get('/', ({ ip }) => ip);
    expect((await app.inject({ path: '/', remoteAddress, headers })).body).toBe(wanted);
    await app.close();
  });

  test('a handshake whose connection is closed has no address', () => {
    expect(addressOf({ socket: {}, headers: {} } as unknown as IncomingMessage, trustOf(1))).toBe('');
  });
});
