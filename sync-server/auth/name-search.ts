import * as v from 'valibot';
import { limits } from '#protocol/limits.ts';
import { text } from '#protocol/shape.ts';

/** A person's name as sign-up accepts it: the protocol's `PersonName`, and storable as UTF-8. [SH7] */
export const Name = v.pipe(text(limits.name), v.minLength(1));

/** A folded name is cut to this length, because compatibility forms expand to as many as 18 letters each. */
const MAX_FOLDED = 400;
/** The letters that order the directory; the id breaks ties. Keeps a cursor below 400 characters. */
const MAX_ORDERED = 60;
const GRAM_SIZES = [1, 2, 3];

/** The form in which names are compared and sorted: without case, accents, control characters and repeated blanks. */
export function fold(name: string): string {
  const folded = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return [...folded].slice(0, MAX_FOLDED).join('');
}

/** Search keys that are stored beside a name, written with it, and never sent. */
export interface NameKeys {
  nameFolded: string;
  /** Orders the directory by name, then id. It is unique, so that one value makes a cursor. */
  nameKey: string;
  /** Every substring of one to three letters, so that a search for any part of a name uses an index. [SEC-50] */
  nameGrams: string[];
}

export function nameKeys(name: string, userId: string): NameKeys {
  const nameFolded = fold(name);
  const letters = [...nameFolded];
  const grams = GRAM_SIZES.flatMap((size) =>
    letters.slice(0, Math.max(0, letters.length - size + 1)).map((_, at) => letters.slice(at, at + size).join('')),
  );
  return {
    nameFolded,
    nameKey: `${letters.slice(0, MAX_ORDERED).join('')}\u0000${userId}`,
    nameGrams: [...new Set(grams)].filter((gram) => !gram.includes(' ')),
  };
}

/** The folded words of a query; null if it has fewer than two letters in total. */
export function queryWords(query: string): string[] | null {
  const words = fold(query)
    .split(' ')
    .filter((word) => word !== '');
  return [...words.join('')].length < 2 ? null : words;
}

/** The substring to search the index for: the first three letters of the longest word, as the fewest names have it. */
export function rarestGram(words: readonly string[]): string {
  const longest = words.reduce((a, b) => ([...b].length > [...a].length ? b : a), '');
  return [...longest].slice(0, 3).join('');
}
