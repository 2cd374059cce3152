import { expect, test } from 'vitest';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { groupStream, uuidV7 } from '#protocol/ids.ts';
import type { MembershipRecord } from '#protocol/record.ts';
import { missesFirstUnread, missesUnread, openingOf, unreadHeldTo } from './opening.ts';

const id = uuidV7(1, new Uint8Array(10));
const stream = groupStream(id);

function row(lastSeq: number, readSeq: number | undefined, more: Partial<ConversationRow> = {}): ConversationRow {
  const membership = readSeq === undefined ? {} : { membership: { readSeq } as MembershipRecord };
  const unread = lastSeq - (readSeq ?? 0);
  return { stream, lastSeq, historyStart: 1, isWhole: true, unread, activityAt: '', ...membership, ...more };
}

test('[C8] a conversation opens at its first unread message with its context, however many are unread', () => {
  expect(openingOf(row(1_000, 999), undefined)).toMatchObject({ floor: 941, newFrom: 1_000, place: undefined });
  expect(openingOf(row(1_000, 940), undefined)).toMatchObject({ floor: 921, newFrom: 941, place: undefined });
  expect(openingOf(row(9_000, 100), undefined)).toMatchObject({ floor: 81, newFrom: 101, place: undefined });
  expect(openingOf(row(45, 0), undefined)).toMatchObject({ floor: 1, newFrom: 1, place: undefined });
  expect(openingOf(row(1_000, 1_000), undefined)).toMatchObject({ floor: 941, newFrom: undefined, place: undefined });
});

test('[C9] a conversation opens where its reader was, and messages that arrived meanwhile are new', () => {
  const place = { id, seq: 300, top: 12 };
  expect(openingOf(row(1_000, 990), place)).toMatchObject({ floor: 280, newFrom: 991, place });
});

test('nothing is decided before the device knows the read mark and holds the newest messages', () => {
  expect(openingOf(undefined, undefined)).toBeUndefined();
  expect(openingOf(row(40, undefined), undefined)).toBeUndefined();
  expect(openingOf(row(0, 0, { historyStart: 0, isWhole: false }), undefined)).toBeUndefined();
});

test('unread messages are missing until the window reaches the first of them', () => {
  const opening = { newFrom: 101 };
  expect(missesUnread(opening, { historyStart: 150, isWhole: false })).toBe(true);
  expect(missesUnread(opening, { historyStart: 101, isWhole: false })).toBe(false);
  // A newcomer of a group whose earlier messages they may not read.
  expect(missesUnread(opening, { historyStart: 150, isWhole: true })).toBe(false);
  expect(missesUnread({ newFrom: undefined }, { historyStart: 150, isWhole: false })).toBe(false);
});

test('[CL20] a chat opens in a run below the window if that has the message to go to, otherwise at the newest messages until it is fetched', () => {
  const gapped = row(9_000, 100, { historyStart: 8_900, isWhole: false });
  expect(openingOf(gapped, undefined)).toMatchObject({ floor: 8_900, wanted: 81, newFrom: 101 });
  expect(openingOf({ ...gapped, older: [71, 130] }, undefined)).toMatchObject({ floor: 81, wanted: 81, newFrom: 101 });
  expect(openingOf({ ...gapped, older: [271, 330] }, { id, seq: 300, top: 12 })).toMatchObject({ floor: 280 });
  expect(missesFirstUnread({ newFrom: 101 }, gapped)).toBe(true);
  expect(missesFirstUnread({ newFrom: 101 }, { ...gapped, older: [71, 130] })).toBe(false);
  // The messages after the run are still missing.
  expect(missesUnread({ newFrom: 101 }, gapped)).toBe(true);
});

test('[CL20] [C10] messages count as seen up to the first gap after the read mark', () => {
  const gapped = row(9_000, 100, { historyStart: 8_900, isWhole: false });
  expect(unreadHeldTo({ ...gapped, older: [71, 130, 200, 300] })).toBe(130);
  expect(unreadHeldTo(gapped)).toBe(0);
  expect(unreadHeldTo(row(9_000, 8_950, { historyStart: 8_900, isWhole: false, older: [71, 130] }))).toBe(Infinity);
  expect(unreadHeldTo(row(9_000, 100))).toBe(Infinity);
  expect(unreadHeldTo(undefined)).toBe(Infinity);
});
