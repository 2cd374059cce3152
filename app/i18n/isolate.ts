const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * Letters and controls that could change the direction of neighbouring text. All catalogues' languages are written from left to
 * right.
 */
const turning =
  /[\u0590-\u08FF\u200F\u202A-\u202E\u2066-\u2069\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/**
 * A text to be put into another one: isolated if it could change the direction of the surrounding text. Embeddings that it opens
 * are closed at its end, and it cannot close others. Elements use `<bdi>`; this is for sentences, titles and placeholders.
 */
export function isolated(text: string): string {
  if (!turning.test(text)) return text;
  let inside = '';
  let open = 0;
  for (const sign of text) {
    if (/[\u2066-\u2068]/u.test(sign)) open += 1;
    if (sign === POP_ISOLATE) {
      if (open === 0) continue;
      open -= 1;
    }
    inside += sign;
  }
  // An embedding or override that stays open ends with the isolate around it.
  return `${FIRST_STRONG_ISOLATE}${inside}${POP_ISOLATE.repeat(open + 1)}`;
}
