import { expect, test } from 'vitest';
import { matchesName } from './fold.ts';
import { keyPrefixes, searchKeys, searchedWords } from './search-words.ts';
import { randomFrom } from './testing/seeded-random.fixture.ts';

/** What an index would find: every prefix starts a key. */
const hasPrefixes = (text: string, query: string) => {
  const keys = searchKeys(text);
  return keyPrefixes(searchedWords(query)).every((prefix) => keys.some((key) => key.startsWith(prefix)));
};

test('[SR1] a text is found by the beginnings of its words, without case and accents, and by any letters of an unspaced script', () => {
  const text = 'Der Zug fährt um halb acht, Gleis 7 – 東京駅で会う';
  for (const query of ['fahrt', 'ZUG gle', 'acht, der', '7', '東', '京駅', '東京駅で会う', '会う zug'])
    expect([query, hasPrefixes(text, query)]).toEqual([query, true]);
  for (const query of ['ährt', 'leis', '京東', '駅京'])
    expect([query, hasPrefixes(text, query)]).toEqual([query, false]);
});

test('[SR1] every text that contains the words is found by its keys, whatever the words are made of', () => {
  const next = randomFrom(20_261_128);
  const letters = ['a', 'b', 'é', 'ß', '東', '京', 'ก', '🎉', ' ', '-', 'x'.repeat(45)];
  const random = (most: number) =>
    Array.from({ length: 1 + Math.floor(next() * most) }, () => letters[Math.floor(next() * letters.length)]).join('');
  let held = 0;
  for (let round = 0; round < 5_000; round++) {
    const [text, query] = [random(9), random(3)];
    const words = searchedWords(query);
    if (words.length === 0 || !matchesName(text, words)) continue;
    held++;
    expect([text, query, hasPrefixes(text, query)]).toEqual([text, query, true]);
  }
  expect(held).toBeGreaterThan(200);
});
