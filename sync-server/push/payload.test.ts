import { expect, test } from 'vitest';
import { type ConversationId, groupStream } from '#protocol/ids.ts';
import { PushPayload } from '#protocol/push.ts';
import { parse } from '#protocol/shape.ts';
import { retryAfterMs } from './deliver-pushes.ts';
import { MAX_PAYLOAD_BYTES, type Notified, payloadOf } from './payload.ts';

const stream: ConversationId = groupStream('01900000-0000-7000-8000-000000000001');

const AT = '2026-01-01T00:00:00.000Z';

function payload(more: Partial<Notified>, show: 'text' | 'sender' | 'nothing' = 'text', read = {}): PushPayload {
  const json = payloadOf({
    message: { version: 1, kind: 'message', userId: 'bob' as never, stream, seq: 7, show, read },
    origin: 'https://chat.example.org',
    unread: 3,
    newest: { text: 'hello', attachments: [], createdAt: AT },
    sender: 'Ann',
    title: 'Choir',
    ...more,
  });
  expect(Buffer.byteLength(json)).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
  const parsed = parse(PushPayload, JSON.parse(json));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

test('[PU4] the payload is a declarative web push with what the worker needs', () => {
  expect(payload({})).toEqual({
    web_push: 8030,
    notification: {
      title: 'Choir',
      body: 'Ann: hello',
      navigate: 'https://chat.example.org/chat/g/01900000-0000-7000-8000-000000000001',
      tag: stream,
    },
    app_badge: 3,
    mutable: true,
    teamlink: { version: 1, kind: 'message', userId: 'bob', stream, seq: 7, show: 'text', read: {} },
  });
  expect(payload({ title: undefined }).notification).toMatchObject({ title: 'Ann', body: 'hello' });
});

test('[PU4] [PO1] a poll is marked as one, without words in a language', () => {
  const newest = { text: 'Which?', attachments: [], createdAt: AT, poll: { options: ['Tea', 'Coffee'], votes: {} } };
  expect(payload({ newest }).notification.body).toBe('Ann: 📊 Which?');
});

test('[SEC-47] markup and hidden words are not in the payload', () => {
  const newest = { text: '**Listen:** ||she wins||', attachments: [], createdAt: AT };
  expect(payload({ newest }).notification.body).toBe('Ann: Listen: ▒▒▒▒');
  // Nor does the cut of a long text open them.
  const long = { text: `**So:** ||${'she wins '.repeat(300)}!||`, attachments: [], createdAt: AT };
  expect(payload({ newest: long }).notification.body).toBe('Ann: So: ▒▒▒▒');
});

test('[PU4] it never exceeds 3,000 bytes, and no character is cut in two', () => {
  const marks = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`g:${at}`, at]));
  const long = { text: '👩🏽'.repeat(2_000), attachments: [], createdAt: AT };
  const { notification } = payload(
    { newest: long, sender: '𝔸'.repeat(50), title: '\u0001'.repeat(200) },
    'text',
    marks,
  );
  expect(notification.body.length).toBeGreaterThan(30);
  expect(notification.body.isWellFormed()).toBe(true);
  expect(
    payload({ newest: { text: '\u0001'.repeat(8_000), attachments: [], createdAt: AT } }).notification.body,
  ).toContain('…');
});

test('[PU5] content that a device does not show is not sent to it', () => {
  expect(payload({}, 'sender').notification).toMatchObject({ title: 'Choir', body: 'Ann' });
  const nothing = payload({}, 'nothing');
  expect(nothing.notification).toMatchObject({ title: 'TeamLink', body: '' });
  expect(JSON.stringify([payload({}, 'sender'), nothing])).not.toContain('hello');
  expect(JSON.stringify(nothing)).not.toMatch(/Ann|Choir/);
});

test('[PU4] Retry-After is seconds or a date', () => {
  expect(retryAfterMs('7', 0)).toBe(7_000);
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:09 GMT', 1_000)).toBe(8_000);
  expect(
    [undefined, 'soon', '-4', 'Thu, 01 Jan 1970 00:00:00 GMT'].map((header) => retryAfterMs(header, 5_000)),
  ).toEqual([0, 0, 0, 0]);
});
