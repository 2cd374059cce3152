import Fastify from 'fastify';
import { expect, it } from 'vitest';
import type { Config } from '#server/config.ts';
import { createHistogram } from '#server/metrics.ts';
import { registerMetricsRoutes } from './metrics-routes.ts';

const TOKEN = 'a-token-of-some-length';

function served(given: Partial<Config> = {}) {
  const { metricsToken, publicOrigin, trustProxy = false } = given;
  const app = Fastify();
  const delays = createHistogram();
  delays.observe(2.5);
  registerMetricsRoutes(app, { metricsToken, publicOrigin, trustProxy }, [
    () => [
      { name: 'sent_total', help: 'Sent.', type: 'counter', samples: [{ labels: { reason: 'refused' }, value: 3 }] },
    ],
    () => [delays.read('delay_seconds', 'Delay.')],
  ]);
  return async (remoteAddress: string, headers: Record<string, string> = {}) => {
    const { statusCode, body } = await app.inject({ url: '/metrics', remoteAddress, headers });
    return { statusCode, body };
  };
}

it('[REL-21] the metrics are in Prometheus’ text format', async () => {
  const { statusCode, body } = await served()('127.0.0.1');
  expect(statusCode).toBe(200);
  expect(body.startsWith('# HELP sent_total Sent.\n# TYPE sent_total counter\nsent_total{reason="refused"} 3\n')).toBe(
    true,
  );
  expect(body).toContain('delay_seconds_bucket{le="2"} 0\ndelay_seconds_bucket{le="3"} 1\n');
  expect(body.endsWith('delay_seconds_bucket{le="+Inf"} 1\ndelay_seconds_sum 2.5\ndelay_seconds_count 1\n')).toBe(true);
});

it('[REL-21] without a token only this machine may read them, and a proxy on it forwards none', async () => {
  const ask = served();
  const statusOf = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).statusCode;
  expect(await statusOf('::ffff:127.0.0.1')).toBe(200);
  expect(await statusOf('::1')).toBe(200);
  expect(await ask('192.0.2.7')).toEqual({ statusCode: 404, body: '' });
  expect(await statusOf('127.0.0.1', { 'x-forwarded-for': '192.0.2.7' })).toBe(404);
});

it('[REL-21] with a token, nothing else gives access to them', async () => {
  const ask = served({ metricsToken: TOKEN });
  const statusOf = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).statusCode;
  expect(await statusOf('192.0.2.7', { authorization: `Bearer ${TOKEN}` })).toBe(200);
  expect(await statusOf('127.0.0.1')).toBe(404);
  expect(await statusOf('127.0.0.1', { authorization: `Bearer ${TOKEN}x` })).toBe(404);
});

it('[REL-21] without a token nobody can read them if a proxy is configured, because it may add no header', async () => {
  for (const given of [{ publicOrigin: 'https://chat.example' }, { trustProxy: 1 }]) {
    expect(await served(given)('127.0.0.1')).toEqual({ statusCode: 404, body: '' });
    const withToken = served({ ...given, metricsToken: TOKEN });
    expect((await withToken('127.0.0.1', { authorization: `Bearer ${TOKEN}` })).statusCode).toBe(200);
  }
});
