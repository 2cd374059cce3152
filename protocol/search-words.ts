import { HAS_UNSPACED, UNSPACED, wordsOf } from './fold.ts';

/** Longer words are found by their first letters, and then compared in full. */
const MAX_LETTERS = 40;

/**
 * The keys by which a text is found, folded: its words and, in scripts without blanks between words, every two neighbouring
 * letters. A word of a query matches by prefix, so a single letter is found too. [SR1]
 */
export function searchKeys(text: string): string[] {
  const keys = new Set<string>();
  for (const word of wordsOf(text)) {
    // Most words: short, and of scripts with blanks between words.
    if (word.length <= MAX_LETTERS && !HAS_UNSPACED.test(word)) {
      keys.add(word);
      continue;
    }
    const letters = [...word];
    keys.add(cut(letters));
    for (const pair of unspacedPairs(letters)) keys.add(pair);
  }
  return [...keys];
}

/** The words of a query: folded, each once. */
export function searchedWords(query: string): string[] {
  return [...new Set(wordsOf(query))];
}

/** Prefixes that the keys of every matching text have. Not every text whose keys have them matches. */
export function keyPrefixes(words: readonly string[]): string[] {
  return [
    ...new Set(
      words.flatMap((word) => {
        const letters = [...word];
        if (!UNSPACED.test(word)) return [cut(letters)];
        const pairs = unspacedPairs(letters);
        // The last letter is a key on its own, and the pair before it contains it too.
        return pairs.filter((pair) => pairs.length === 1 || [...pair].length === 2);
      }),
    ),
  ];
}

const cut = (letters: readonly string[]) => letters.slice(0, MAX_LETTERS).join('');

function unspacedPairs(letters: readonly string[]): string[] {
  return letters.flatMap((letter, at) => (UNSPACED.test(letter) ? [`${letter}${letters[at + 1] ?? ''}`] : []));
}
