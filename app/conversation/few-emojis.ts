const MOST = 3;
/** No three emojis have more code units than this. */
const LONGEST = 120;

/** An emoji by the grammar of Unicode's report 51, and not by Intl.Segmenter, which some browsers lack. */
const EMOJIS =
  /\p{RI}{2}|\p{Emoji}(?:\p{EMod}|\uFE0F\u20E3?|[\u{E0020}-\u{E007E}]+\u{E007F})?(?:\u200D\p{Emoji}(?:\p{EMod}|\uFE0F)?)*/gu;

/** Whether a text is one to three emojis and nothing else: they are drawn large. */
export function isFewEmojis(text: string): boolean {
  if (text.length > LONGEST) return false;
  const found = text.match(EMOJIS) ?? [];
  const isNothingElse = text.replaceAll(EMOJIS, '').trim() === '';
  return isNothingElse && found.length > 0 && found.length <= MOST && found.every(isDrawnAsEmoji);
}

/** Digits, # and the copyright sign are emojis only with a variation selector. */
function isDrawnAsEmoji(emoji: string): boolean {
  return /\p{Emoji_Presentation}|\uFE0F|\p{RI}/u.test(emoji);
}
