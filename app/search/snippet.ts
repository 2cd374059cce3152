import { UNSPACED, fold } from '#protocol/fold.ts';

/** The part of a text around the first searched word. */
export interface Snippet {
  before: string;
  match: string;
  after: string;
}

/** The number of characters before the match, so that the match is visible in a short line. */
const BEFORE = 24;
const AFTER = 120;

/** The text in one line, cut so that the first match is near its start; `match` is empty if no word of it is found. */
export function snippetOf(text: string, words: readonly string[]): Snippet {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const found = firstMatch(line, words);
  if (found === undefined) return { before: '', match: '', after: line.slice(0, BEFORE + AFTER) };
  const { start, end } = found;
  const from = start <= BEFORE ? 0 : line.indexOf(' ', start - BEFORE) + 1 || start - BEFORE;
  const cut = Math.min(from, start);
  return {
    before: `${cut > 0 ? '…' : ''}${line.slice(cut, start)}`,
    match: line.slice(start, end),
    after: line.slice(end, end + AFTER),
  };
}

function firstMatch(line: string, words: readonly string[]): { start: number; end: number } | undefined {
  for (const { 0: token, index } of line.matchAll(/[^\s\p{P}]+/gu)) {
    const folded = fold(token);
    if (!words.some((word) => (UNSPACED.test(word) ? folded.includes(word) : folded.startsWith(word)))) continue;
    const found = within(token, words);
    return found === undefined ? { start: index, end: index + token.length } : shifted(found, index);
  }
  return undefined;
}

/** Letters are folded one by one, because a folded word may have a different length. */
function within(token: string, words: readonly string[]): { start: number; end: number } | undefined {
  const letters = [...token];
  const folded = letters.map(fold);
  for (let at = 0; at === 0 || at < letters.length; at += 1) {
    for (const word of words) {
      if (at > 0 && !UNSPACED.test(word)) continue;
      const count = lettersOf(word, folded, at);
      if (count === 0) continue;
      const start = letters.slice(0, at).join('').length;
      return { start, end: start + letters.slice(at, at + count).join('').length };
    }
  }
  return undefined;
}

const shifted = ({ start, end }: { start: number; end: number }, by: number) => ({ start: start + by, end: end + by });

/** How many letters from `at` on match the word; 0 if they don't. */
function lettersOf(word: string, folded: readonly string[], at: number): number {
  let spelled = '';
  for (let count = 1; at + count <= folded.length; count += 1) {
    spelled += folded[at + count - 1] ?? '';
    if (spelled.startsWith(word)) return count + marksAfter(folded, at + count);
    if (!word.startsWith(spelled)) return 0;
  }
  return 0;
}

/** Combining accents belong to the letter before them. */
function marksAfter(folded: readonly string[], at: number): number {
  let count = 0;
  while (folded[at + count] === '') count += 1;
  return count;
}
