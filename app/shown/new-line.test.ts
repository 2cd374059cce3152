import { expect, test } from 'vitest';
import { uuidV7, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { lineAfter } from './new-line.ts';

const [self, ana] = ['me', 'ana'] as [UserId, UserId];

/** Messages with the seqs 1, 2, 3 …, by the given senders. */
function messages(...senders: UserId[]): MessageRecord[] {
  return senders.map((senderId, at) => ({
    type: 'message',
    stream: 'g:1' as MessageRecord['stream'],
    id: uuidV7(at, new Uint8Array(10)),
    rev: at + 1,
    seq: at + 1,
    senderId,
    sentAt: '',
    createdAt: '',
    text: 'hello',
    attachments: [],
    mentions: [],
    reactions: {},
  }));
}

const unwatched = { self, isWatched: false };

test('[C8] messages that arrive unseen start the line; those that are seen do not', () => {
  const line = { lastSeq: 1, newFrom: undefined };
  expect(lineAfter(line, messages(ana, ana, ana), { ...unwatched, readSeq: 1 })).toEqual({ lastSeq: 3, newFrom: 2 });
  expect(lineAfter(line, messages(ana, ana), { self, readSeq: 1, isWatched: true })).toEqual({
    lastSeq: 2,
    newFrom: undefined,
  });
});

test('[C8] a line whose messages were all seen moves to the first unseen one', () => {
  const line = { lastSeq: 3, newFrom: 1 };
  const five = messages(ana, ana, ana, ana, ana);
  expect(lineAfter(line, five, { ...unwatched, readSeq: 3 })).toEqual({ lastSeq: 5, newFrom: 4 });
  expect(lineAfter(line, five, { ...unwatched, readSeq: 2 })).toEqual({ lastSeq: 5, newFrom: 3 });
  expect(lineAfter(line, five, { ...unwatched, readSeq: 0 })).toEqual({ lastSeq: 5, newFrom: 1 });
});

test("[C8] one's own message ends the line, and what arrives after it unseen starts another", () => {
  const line = { lastSeq: 2, newFrom: 1 };
  expect(lineAfter(line, messages(ana, ana, self), { self, readSeq: 2, isWatched: true }).newFrom).toBeUndefined();
  expect(lineAfter(line, messages(ana, ana, self, ana), { ...unwatched, readSeq: 2 }).newFrom).toBe(4);
});
