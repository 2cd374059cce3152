import { expect, test } from 'vitest';
import { writtenAt } from './written-at.ts';

const createdAt = '2026-03-10T12:10:00.000Z';

test.each([
  ['a message that waited', '2026-03-10T12:08:00.000Z', '2026-03-10T12:08:00.000Z'],
  ['one that waited for days', '2026-03-03T12:08:00.000Z', '2026-03-03T12:08:00.000Z'],
  ['one of a clock that is ahead', '2026-03-10T18:00:00.000Z', createdAt],
  ['one of a clock that is a year behind', '2025-03-10T12:08:00.000Z', createdAt],
])('[SH6] %s', (_name, sentAt, shown) => {
  expect(writtenAt({ sentAt, createdAt }).toISOString()).toBe(shown);
});
