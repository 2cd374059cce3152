import { wordsOf } from '#protocol/fold.ts';

/** The version of the keys below: raise it whenever the same name gets other keys, so that stored ones are written again. */
export const NAME_KEYS_VERSION = 2;
/** A folded name is cut to this length, because compatibility forms expand to as many as 18 letters each. */
const MAX_FOLDED = 400;
/** The number of letters that order the directory; the id breaks ties. Keeps a cursor below 400 characters. */
const MAX_ORDERED = 60;
const GRAM_SIZES = [1, 2, 3];

/** Search keys that are stored beside a name, written with it, and never sent. */
export interface NameKeys {
  nameFolded: string;
  /** Orders the directory by name, then id. It is unique, so that one value makes a cursor. */
  nameKey: string;
  /** Every substring of one to three letters, so that a search for any part of a name uses an index. [SEC-50] */
  nameGrams: string[];
  nameKeysVersion: number;
}

export function nameKeys(name: string, userId: string): NameKeys {
  const letters = [...wordsOf(name).join(' ')].slice(0, MAX_FOLDED);
  const nameFolded = letters.join('');
  const grams = GRAM_SIZES.flatMap((size) =>
    letters.slice(0, Math.max(0, letters.length - size + 1)).map((_, at) => letters.slice(at, at + size).join('')),
  );
  return {
    nameFolded,
    nameKey: `${letters.slice(0, MAX_ORDERED).join('')}\u0000${userId}`,
    nameGrams: [...new Set(grams)].filter((gram) => !gram.includes(' ')),
    nameKeysVersion: NAME_KEYS_VERSION,
  };
}

/** The folded words of a query; null if it has fewer than two letters in total. */
export function queryWords(query: string): string[] | null {
  const words = wordsOf(query);
  return [...words.join('')].length < 2 ? null : words;
}

/** The substring to search the index for: the first three letters of the longest word, as the fewest names have it. */
export function rarestGram(words: readonly string[]): string {
  const longest = words.reduce((a, b) => ([...b].length > [...a].length ? b : a), '');
  return [...longest].slice(0, 3).join('');
}
