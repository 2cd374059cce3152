const MOST = 3;
/** Longer than any three emojis; segmenting a long text for nothing would be slow. */
const LONGEST = 120;

/** Whether a text is one to three emojis and nothing else: they are drawn large. */
export function isFewEmojis(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > LONGEST) return false;
  const signs = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(trimmed)]
    .map(({ segment }) => segment)
    .filter((sign) => sign.trim() !== '');
  return signs.length <= MOST && signs.every(isEmoji);
}

/** Digits, # and the copyright sign are emojis only with a sign that says so. */
function isEmoji(sign: string): boolean {
  return /\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Regional_Indicator}{2}/u.test(sign);
}
