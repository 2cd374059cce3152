/** A hue (0-359) from an id. FNV-1a gives similar ids different hues. */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash % 360;
}

/** The first letters of the first and the last word, without words in brackets. Taken by grapheme, so that no letter is cut in half. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/(?<=\S\s*)\(.*?\)/gu, ' ')
    .trim()
    .split(/\s+/u)
    .filter(Boolean);
  const first = firstLetter(words[0] ?? '');
  const last = words.length > 1 ? firstLetter(words.at(-1) ?? '') : '';
  // A name without letters still has some character.
  return (first + last).toLocaleUpperCase() || (/[^\s\p{Default_Ignorable_Code_Point}]/u.exec(name)?.[0] ?? '');
}

/** Made once and only when needed: making it takes 30 ms. */
let graphemes: Intl.Segmenter | undefined;

function firstLetter(word: string): string {
  // Only a combining mark can join a Latin, Greek or Cyrillic letter.
  const [letter] = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}](?![\p{M}\p{Cf}])/u.exec(word) ?? [];
  if (letter !== undefined) return letter;
  // Old browsers lack it; they use the first code point that is a letter.
  const signs =
    'Segmenter' in Intl
      ? [...(graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })).segment(word)].map(
          (each) => each.segment,
        )
      : [...word];
  return signs.find((sign) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(sign)) ?? '';
}
