import { describe, expect, it } from 'vitest';
import { NAME_KEYS_VERSION, nameKeys, queryWords, rarestGram } from './name-search.ts';

const id = '0123456789abcdef01234567';

describe('names', () => {
  it('[HT3] are found by every substring, in every script', () => {
    expect(nameKeys('Bo 王伟', id)).toEqual({
      nameFolded: 'bo 王伟',
      nameKey: `bo 王伟\u0000${id}`,
      nameGrams: ['b', 'o', '王', '伟', 'bo', '王伟'],
      nameKeysVersion: NAME_KEYS_VERSION,
    });
  });

  it('[HT3] [SEC-50] have small search keys, and a cursor within its limit', () => {
    for (const name of ['ﷺ'.repeat(100), '😀'.repeat(50), 'ab'.repeat(50)]) {
      const { nameKey, nameGrams } = nameKeys(name, id);
      expect(Buffer.from(nameKey).toString('base64url').length).toBeLessThanOrEqual(400);
      expect(nameGrams.length).toBeLessThan(1_200);
    }
  });

  it('[HT3] can be searched by two or more letters, wherever the blanks are', () => {
    expect(['An', 'a b', ' Zoë  x '].map(queryWords)).toEqual([['an'], ['a', 'b'], ['zoe', 'x']]);
    expect(['', ' ', 'a', ' é ', '王'].map(queryWords)).toEqual([null, null, null, null, null]);
    expect(rarestGram(['a', 'bcde', 'fg'])).toBe('bcd');
  });
});
