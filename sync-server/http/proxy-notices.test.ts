import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { readConfig } from '#server/config.ts';
import { createProxyNotices } from './proxy-notices.ts';

function noticesOf(env: Record<string, string>, ...requests: { headers: object; from?: string }[]) {
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.problem);
  const notices = createProxyNotices(read.config);
  const lines: { facts: object; sentence: string }[] = [];
  const warn = (facts: object, sentence: string) => void lines.push({ facts, sentence });
  const log = { debug: warn, info: warn, warn, error: warn };
  for (const { headers, from = '127.0.0.1' } of requests) {
    const request = { headers, socket: { remoteAddress: from } } as unknown as IncomingMessage;
    if ('origin' in headers) notices.refusedOrigin(request, log);
    else notices.forwarded(request, log);
  }
  return lines;
}

test('[HT1] a page that is refused because of its address is named once, with the setting', () => {
  const refused = { headers: { origin: 'https://chat.example', host: '127.0.0.1:3000' } };
  const lines = noticesOf({}, refused, refused);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ facts: { page: 'https://chat.example', host: '127.0.0.1:3000' } });
  expect(lines[0]?.sentence).toContain('PUBLIC_URL');
  const [other] = noticesOf({ PUBLIC_URL: 'https://old.example' }, refused);
  expect(other?.facts).toEqual({ page: 'https://chat.example', publicOrigin: 'https://old.example' });
});

test('[HT1] the pages of other sites are not named', () => {
  const of = (headers: object) => ({ headers: { host: 'chat.example', ...headers } });
  const crossSite = of({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
  expect(noticesOf({}, crossSite, of({ origin: 'null' }), of({ origin: 'a\nb' }))).toEqual([]);
});

test('a proxy that is not trusted is named once, with the setting', () => {
  const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9' } };
  const lines = noticesOf({}, { headers: {} }, forwarded, forwarded);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.sentence).toContain('TRUST_PROXY');
  expect(noticesOf({ TRUST_PROXY: '1' }, forwarded)).toEqual([]);
});

test.each(['10.1.2.3', '::ffff:172.20.0.2', '192.168.1.4', '::1', 'fd00::2'])('a proxy at %s is near', (from) => {
  expect(noticesOf({}, { headers: { 'x-forwarded-for': '203.0.113.9' }, from })).toHaveLength(1);
});

test.each(['203.0.113.7', '172.32.0.1', '2001:db8::1', ''])(
  'a client that sends the header from %j is not a proxy of ours',
  (from) => {
    expect(noticesOf({}, { headers: { 'x-forwarded-for': '203.0.113.9' }, from })).toEqual([]);
  },
);
