/** A hue (0-359) from an id. FNV-1a gives similar ids different hues. */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash % 360;
}

/** The first letters of the first and the last word, by grapheme, so that no letter is cut in half; not of what is in brackets. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/(?<=\S\s*)\(.*?\)/gu, ' ')
    .trim()
    .split(/\s+/u)
    .filter(Boolean);
  const first = firstLetter(words[0] ?? '');
  const last = words.length > 1 ? firstLetter(words.at(-1) ?? '') : '';
  // A name without a letter has some sign all the same.
  return (first + last).toLocaleUpperCase() || (/[^\s\p{Default_Ignorable_Code_Point}]/u.exec(name)?.[0] ?? '');
}

/** Made once, because making it takes longer than using it. */
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function firstLetter(word: string): string {
  for (const { segment } of graphemes.segment(word)) {
    if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment)) return segment;
  }
  return '';
}
