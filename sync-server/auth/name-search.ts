import * as v from 'valibot';
import { limits } from '#protocol/limits.ts';
import { text } from '#protocol/shape.ts';

/** A person's name as accepted: as the contract's `PersonName`, and storable as UTF-8. [SH7] */
export const Name = v.pipe(text(limits.name), v.minLength(1));

/** A folded name is cut here: compatibility forms unfold to as many as 18 letters each. */
const MAX_FOLDED = 400;
/** Letters that order the directory; the id decides between longer names. A cursor made of it stays below 400 characters. */
const MAX_ORDERED = 60;
const GRAM_SIZES = [1, 2, 3];

/** Case and accents folded, blanks and control characters squeezed: how names are compared and sorted. */
export function fold(name: string): string {
  const folded = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return [...folded].slice(0, MAX_FOLDED).join('');
}

/** What is stored beside a name, written with it, and never shown. */
export interface NameKeys {
  nameFolded: string;
  /** Orders the directory: by name, then id. Unique, so one value is a whole cursor. */
  nameKey: string;
  /** Every piece of one to three letters: "is this anywhere in the name" starts from one point of an index. [SEC-50] */
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

/** The words of a query, folded; null if there are fewer than two letters in all. */
export function queryWords(query: string): string[] | null {
  const words = fold(query)
    .split(' ')
    .filter((word) => word !== '');
  return [...words.join('')].length < 2 ? null : words;
}

/** The piece of these words that the fewest names hold, as far as can be told: the first three letters of the longest. */
export function rarestGram(words: readonly string[]): string {
  const longest = words.reduce((a, b) => ([...b].length > [...a].length ? b : a), '');
  return [...longest].slice(0, 3).join('');
}
