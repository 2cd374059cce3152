import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

function config(env: Record<string, string>) {
  const result = readConfig(env);
  if (!result.ok) throw new Error(result.problem);
  return result.config;
}

test('without any variable it is port 3000, ./data, the embedded database, limits on, an open directory', () => {
  expect(config({})).toEqual({
    port: 3000,
    host: undefined,
    dataDir: resolve('data'),
    mongodbUri: undefined,
    redisUrl: undefined,
    publicOrigin: undefined,
    trustProxy: false,
    tls: undefined,
    rateLimit: true,
    directory: 'open',
    requests: false,
    logLevel: 'info',
    authSecret: undefined,
    bucket: undefined,
    mediaQuota: { person: 5_000_000_000, server: Infinity },
    push: { vapid: undefined, subject: 'mailto:admin@localhost.localdomain', hosts: [], testService: undefined },
    metricsToken: undefined,
    mail: undefined,
    isProduction: false,
    signUp: 'open',
    domains: undefined,
    providers: [],
  });
});

test('an empty value counts as not set', () => {
  expect(config({ PORT: '', MONGODB_URI: '', PUBLIC_URL: '' })).toEqual(config({}));
});

test('the value is frozen', () => {
  expect(Object.isFrozen(config({}))).toBe(true);
});

test('PUBLIC_URL becomes an origin', () => {
  expect(config({ PUBLIC_URL: 'https://Chat.Example.org:443/' }).publicOrigin).toBe('https://chat.example.org');
});

test('TRUST_PROXY is a number of hops or a list of networks', () => {
  expect(config({ TRUST_PROXY: '2' }).trustProxy).toBe(2);
  expect(config({ TRUST_PROXY: '0' }).trustProxy).toBe(false);
  expect(config({ TRUST_PROXY: '127.0.0.1, 10.0.0.0/8, ::1/128' }).trustProxy).toEqual([
    '127.0.0.1',
    '10.0.0.0/8',
    '::1/128',
  ]);
});

test('TLS takes both files', () => {
  expect(config({ TLS_CERT: '/c', TLS_KEY: '/k' }).tls).toEqual({ cert: '/c', key: '/k' });
});

describe('a wrong value is reported in one sentence that names the variable and not the value', () => {
  test.each([
    ['PORT', { PORT: '70000' }],
    ['PORT', { PORT: '-1' }],
    ['PORT', { PORT: '3000x' }],
    ['HOST', { HOST: 'a b' }],
    ['MONGODB_URI', { MONGODB_URI: 'postgres://hunter2' }],
    ['MONGODB_URI', { MONGODB_URI: 'http://127.0.0.1' }],
    ['REDIS_URL', { REDIS_URL: 'hunter2:6379' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'chat.example.org' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://chat.example.org/path' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'ftp://chat.example.org' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'true' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'everybody' }],
    ['TRUST_PROXY', { TRUST_PROXY: '10.0.0.0/64' }],
    ['TLS_KEY', { TLS_CERT: '/c' }],
    ['TLS_CERT', { TLS_KEY: '/k' }],
    ['RATE_LIMIT', { RATE_LIMIT: 'no' }],
    ['RATE_LIMIT', { RATE_LIMIT: 'off', NODE_ENV: 'production' }],
    ['DIRECTORY', { DIRECTORY: 'hidden' }],
    ['REQUESTS', { REQUESTS: 'yes' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['AUTH_SECRET', { AUTH_SECRET: 'hunter2' }],
    ['VAPID_PRIVATE_KEY', { VAPID_PUBLIC_KEY: 'A'.repeat(87) }],
    ['VAPID_PUBLIC_KEY', { VAPID_PUBLIC_KEY: 'hunter2', VAPID_PRIVATE_KEY: 'hunter2' }],
    ['VAPID_SUBJECT', { VAPID_SUBJECT: 'hunter2' }],
    ['PUSH_HOSTS', { PUSH_HOSTS: 'push.example.org, https://hunter2' }],
    ['PUSH_HOSTS', { PUSH_HOSTS: '127.0.0.1' }],
    ['METRICS_TOKEN', { METRICS_TOKEN: 'short' }],
    ['PUSH_TEST_SERVICE', { PUSH_TEST_SERVICE: 'http://127.0.0.1:9', NODE_ENV: 'production' }],
  ])('%s', (variable, env) => {
    const result = readConfig(env);
    expect(result).toMatchObject({ ok: false });
    if (result.ok) return;
    expect(result.problem.startsWith(`${variable} `)).toBe(true);
    expect(result.problem.split('\n')).toHaveLength(1);
    expect(result.problem).not.toContain('hunter2');
  });
});

test('files are kept in a bucket if one is named, with its keys', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
  expect(config({ MEDIA_URL: 's3://files/chat', AWS_REGION: 'eu-central-1', ...keys }).bucket).toEqual({
    endpoint: 'https://s3.eu-central-1.amazonaws.com',
    bucket: 'files',
    prefix: 'chat/',
    region: 'eu-central-1',
    accessKeyId: 'key',
    secretAccessKey: 'secret',
  });
  const own = { MEDIA_URL: 's3://files', AWS_ENDPOINT_URL: 'https://storage.example.org/', ...keys };
  expect(config(own).bucket).toMatchObject({
    endpoint: 'https://storage.example.org',
    prefix: '',
    region: 'us-east-1',
  });
  expect(readConfig({ MEDIA_URL: 's3://files' })).toMatchObject({ ok: false });
  expect(readConfig({ MEDIA_URL: 'https://files', ...keys })).toMatchObject({ ok: false });
});
