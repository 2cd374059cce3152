import type { Words } from './words.ts';

/** The emojis that the picker offers. */
export const commonEmojis = ['👍', '❤️', '😂', '😮', '😢', '🙏', '🎉', '👀'] as const;

type CommonEmoji = (typeof commonEmojis)[number];

/** The name of an emoji. One that the catalogues do not name is returned as it is: screen readers know its name. [A17] */
export function emojiWords(emoji: string, words: Words): string {
  return isCommon(emoji) ? words(`emoji.${emoji}`) : emoji;
}

function isCommon(emoji: string): emoji is CommonEmoji {
  return (commonEmojis as readonly string[]).includes(emoji);
}
