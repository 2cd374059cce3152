import { commonPasswords, isCommonPassword } from './common-passwords.ts';

/** How long a password withstands guesses: `common` ones are refused. */
export type Strength = 'common' | 'weak' | 'fair' | 'strong';

/**
 * Powers of ten of guesses. A leaked database of hashes reveals passwords of the first strength within days, of the second within
 * years.
 */
const [FAIR, STRONG] = [8, 11];
const LONGEST_WORD = 16;
const DISGUISES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '@': 'a',
  $: 's',
};

/**
 * A rough estimate, in linear time: frequent passwords and known facts about the person count as one choice from a list, however
 * long they are; repeated and neighbouring characters count as one; every other character counts by its kind. [SEC-30]
 */
export function passwordStrength(password: string, known: readonly string[]): Strength {
  if (isCommonPassword(password)) return 'common';
  const guesses = guessesOf(password.slice(0, 64), known.flatMap(wordsOf));
  return guesses < FAIR ? 'weak' : guesses < STRONG ? 'fair' : 'strong';
}

/** A power of ten. */
function guessesOf(password: string, known: readonly string[]): number {
  const common = commonPasswords();
  const plain = password.toLowerCase();
  const bare = [...plain].map((letter) => DISGUISES[letter] ?? letter).join('');
  const wordAt = (at: number): string | undefined => {
    for (let length = Math.min(LONGEST_WORD, plain.length - at); length >= 4; length -= 1)
      for (const text of [plain, bare]) {
        const word = text.slice(at, at + length);
        if (known.includes(word) || common.has(word)) return word;
      }
    return undefined;
  };
  let guesses = 0;
  for (let at = 0; at < plain.length;) {
    const word = wordAt(at);
    if (word === undefined) {
      guesses += isForeseen(plain, at) ? 0.3 : perCharacter(password.charAt(at));
      at += 1;
    } else {
      // A word that is known about the person is one of a few; a frequent one is one of tens of thousands.
      guesses += known.includes(word) ? 1 : 4;
      at += word.length;
    }
  }
  return guesses;
}

/** The same as the character before it, or its neighbour in the alphabet, as in 1234. */
function isForeseen(text: string, at: number): boolean {
  return at > 0 && Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) <= 1;
}

function perCharacter(letter: string): number {
  if (/\d/.test(letter)) return 1;
  // A space separates words and is easy to guess.
  return letter === ' ' ? 0.3 : /\p{Ll}/u.test(letter) ? 1.2 : 1.5;
}

/** The parts of a name or an address that somebody may use as a password. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= 4);
}
