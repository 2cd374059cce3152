import { beforeAll, expect, test } from 'vitest';
import { presenceWords, typingWords } from './presence-words.ts';
import { activateAllWords } from './testing/all-words.fixture.ts';
import { words } from './words.ts';

beforeAll(() => activateAllWords());

test('[LV7] one or two people who are typing are shown by first name, more by their number', () => {
  expect(typingWords([], words)).toBe('');
  expect(typingWords(['Noor Haddad'], words)).toBe('Noor is typing…');
  expect(typingWords(['Noor Haddad', 'Ravi Menon'], words)).toBe('Noor and Ravi are typing…');
  expect(typingWords(['a', 'b', 'c'], words)).toBe('3 people are typing…');
});

test('[LV8] presence has a text unless it is unknown', () => {
  const now = new Date(2026, 10, 26, 12, 0);
  expect(presenceWords({ online: true }, now, words)).toBe('Online');
  expect(presenceWords({ online: false, lastSeenAt: new Date(2026, 10, 26, 9, 5).toISOString() }, now, words)).toMatch(
    /^Last seen .*9:05/,
  );
  expect(presenceWords({ online: false }, now, words)).toBe('');
  expect(presenceWords(undefined, now, words)).toBe('');
});
