import { beforeAll, expect, test } from 'vitest';
import { eventWords } from './event-words.ts';
import { isolated } from './isolate.ts';
import { activateAllWords } from './testing/all-words.fixture.ts';
import { words } from './words.ts';

beforeAll(() => activateAllWords());

test('a text that does not change the direction is left as it is', () => {
  for (const text of ['', 'Nora', 'Zoë 王伟 (2)', '🏳️‍🌈', 'Łucja – R&B']) expect(isolated(text)).toBe(text);
});

test('embeddings that a text opens end with it, and it cannot end the isolate around it', () => {
  expect(isolated('נורה')).toBe('\u2068נורה\u2069');
  expect(isolated('Nora\u202e')).toBe('\u2068Nora\u202e\u2069');
  expect(isolated('Nora\u2069 x')).toBe('\u2068Nora x\u2069');
  expect(isolated('\u2067Nora')).toBe('\u2068\u2067Nora\u2069\u2069');
  // A list of names inside a sentence stays isolated name by name.
  expect(isolated(`${isolated('א')}, ${isolated('ב')}`)).toBe('\u2068\u2068א\u2069, \u2068ב\u2069\u2069');
});

test('every name and title in a sentence is isolated', () => {
  const event = { kind: 'member.add', by: 'nora', userIds: ['a', 'b'] };
  const names: Record<string, string> = { nora: 'Nora\u202e', a: 'עדה', b: 'Bo' };
  expect(eventWords(event, { self: 'zoe', nameOf: (id) => names[id] ?? '' }, words)).toBe(
    '\u2068Nora\u202e\u2069 added \u2068\u2068\u2068עדה\u2069\u2069 and Bo\u2069',
  );
  expect(words('composer.to', { name: 'עדה' })).toBe('Message \u2068עדה\u2069');
  expect(words('list.unreadCount', { count: 2 })).toBe('2 unread messages');
});
