import * as v from 'valibot';
import { limits } from '#protocol/limits.ts';
import { text } from '#protocol/shape.ts';

/** A person's name as accepted: as the contract's `PersonName`, and storable as UTF-8. [SH7] */
export const Name = v.pipe(text(limits.name), v.minLength(1));

/** Longest part of a name that a search looks at; beyond it a prefix decides. */
const MAX_PART = 40;

/** Case and accents folded, blanks squeezed: how names are compared and sorted. */
export function fold(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/**
 * Every ending of a folded name. "Is this anywhere in the name" is then one prefix look-up in an index, in every script,
 * and never a scan or a pattern of somebody's making. [SEC-50]
 */
export function nameParts(name: string): string[] {
  const letters = [...fold(name)];
  const parts = letters.map((_letter, at) => letters.slice(at, at + MAX_PART).join(''));
  return [...new Set(parts.filter((part) => !part.startsWith(' ')))];
}

/** The words of a query as the index wants them; null if there are fewer than two letters in all. */
export function queryWords(query: string): string[] | null {
  const words = fold(query)
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => [...word].slice(0, MAX_PART).join(''));
  return [...words.join('')].length < 2 ? null : words;
}
