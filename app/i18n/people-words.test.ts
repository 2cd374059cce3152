import { beforeAll, expect, test } from 'vitest';
import { peopleWords } from './people-words.ts';
import { activateAllWords } from './testing/all-words.fixture.ts';
import { words } from './words.ts';

beforeAll(() => activateAllWords());

test('[RA3] a group shows its number of members; somebody who was removed reads that they are no longer a member; zero is never shown', () => {
  expect(peopleWords({ count: 1, hasLeft: false }, words)).toBe('1 person');
  expect(peopleWords({ count: 12, hasLeft: false }, words)).toBe('12 people');
  expect(peopleWords({ count: 0, hasLeft: false }, words)).toBe('');
  expect(peopleWords({ count: 0, hasLeft: true }, words)).toBe('No longer a member');
  expect(peopleWords({ count: 12, hasLeft: true }, words)).toBe('No longer a member');
});

test('[LV8] a group shows how many people are online, including the user, unless nobody else is known to be', () => {
  expect(peopleWords({ count: 12, hasLeft: false, online: 0 }, words)).toBe('12 people');
  expect(peopleWords({ count: 1_000, hasLeft: false, online: 2 }, words)).toBe('1,000 people, 3 online');
  expect(peopleWords({ count: 12, hasLeft: true, online: 2 }, words)).toBe('No longer a member');
});
