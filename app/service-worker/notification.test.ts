import { expect, test } from 'vitest';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { directStream, groupStream, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { notificationWords } from './notification-words.ts';
import { notificationText } from './notification.ts';

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as UserId[] as [UserId, UserId, UserId];
const people = new Map([
  [ann, { name: 'Ann' }],
  [eve, { name: 'Eve' }],
]);
const group = groupStream('01900000-0000-7000-8000-000000000001');

function textFor(
  stream: ConversationId,
  messages: Partial<MessageRecord>[],
  show: 'text' | 'sender' | 'nothing' = 'text',
) {
  const row = { stream, record: { title: 'Choir' }, lastSeq: 9, unread: 1 } as unknown as ConversationRow;
  const records = messages.map((more) => ({ senderId: ann, text: '', attachments: [], ...more }) as MessageRecord);
  return notificationText({ row, messages: records, people, self: bob, show, words: notificationWords('en') });
}

test('[PU5] a direct chat shows the texts under the name of the other person, a group who wrote each', () => {
  const texts = [{ text: 'one' }, { text: 'two\nlines' }];
  expect(textFor(directStream(ann, bob), texts)).toEqual({ title: 'Ann', body: 'one\ntwo lines' });
  const ofGroup = textFor(group, [{ text: 'one' }, { text: 'two', senderId: eve }]);
  expect(ofGroup).toEqual({ title: 'Choir', body: 'Ann: one\nEve: two' });
});

test('[PU5] hidden messages are only counted', () => {
  const texts = [{ text: 'a secret' }, { text: 'another' }];
  expect(textFor(group, texts, 'sender')).toEqual({ title: 'Choir', body: '2 new messages' });
  expect(textFor(group, texts, 'nothing')).toEqual({ title: 'TeamLink', body: '2 new messages' });
});

test('a file is named by its kind, and messages that do not count as unread are left out', () => {
  const attachments = [{ kind: 'voice' }] as MessageRecord['attachments'];
  const others = [
    { text: 'my own', senderId: bob },
    { text: 'gone', deletedAt: '2026-01-01T00:00:00.000Z' },
  ];
  expect(textFor(directStream(ann, bob), [{ attachments }, ...others])).toEqual({
    title: 'Ann',
    body: 'Voice message',
  });
  expect(textFor(directStream(ann, bob), others)).toBeUndefined();
});

test('[SEC-47] a text is shown without its markup and its hidden words', () => {
  const texts = [{ text: '**Now:** see [this](https://a.example)' }, { text: 'She ||wins|| it' }];
  expect(textFor(directStream(ann, bob), texts)?.body).toBe('Now: see this\nShe ▒▒▒▒ it');
});

test('[PO1] a poll is shown by its question', () => {
  const poll = { options: ['Tea', 'Coffee'], votes: {} };
  expect(textFor(group, [{ text: 'Which\none?', poll }])).toEqual({ title: 'Choir', body: 'Ann: Poll: Which one?' });
});

test('if the device does not know the chat’s name, the one in the payload is used', () => {
  expect(textFor(directStream(bob, 'stranger' as UserId), [{ text: 'hello' }])).toBeUndefined();
});
