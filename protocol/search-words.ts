import { HAS_UNSPACED, UNSPACED, wordsOf } from './fold.ts';

/** Longer words are found by their first letters, and then compared whole. */
const MAX_LETTERS = 40;

/**
 * The keys by which a text is found, folded: its words, and where a script has no blanks between words, every two neighbouring
 * letters. A word of a query matches by prefix, so one letter is found too. [SR1]
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

/** What a query asks for: its folded words, each once. */
export function searchedWords(query: string): string[] {
  return [...new Set(wordsOf(query))];
}

/** Prefixes of keys, all of which a text that holds every word has. Not every text that has them holds the words. */
export function keyPrefixes(words: readonly string[]): string[] {
  return [
    ...new Set(
      words.flatMap((word) => {
        const letters = [...word];
        if (!UNSPACED.test(word)) return [cut(letters)];
        const pairs = unspacedPairs(letters);
        // The last letter stands alone, and the pair before it holds it.
        return pairs.filter((pair) => pairs.length === 1 || [...pair].length === 2);
      }),
    ),
  ];
}

const cut = (letters: readonly string[]) => letters.slice(0, MAX_LETTERS).join('');

function unspacedPairs(letters: readonly string[]): string[] {
  return letters.flatMap((letter, at) => (UNSPACED.test(letter) ? [`${letter}${letters[at + 1] ?? ''}`] : []));
}
