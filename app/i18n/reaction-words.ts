import { english } from './english.ts';
import type { MessageKey, Words } from './words.ts';

/** The emojis that the picker offers. */
export const commonEmojis = ['👍', '❤️', '😂', '😮', '😢', '🙏', '🎉', '👀'] as const;

/** The name of an emoji. One that the catalogues do not name is returned as it is: screen readers know its name. [A17] */
export function emojiWords(emoji: string, words: Words): string {
  const key = `emoji.${emoji}`;
  return Object.hasOwn(english, key) ? words(key as MessageKey) : emoji;
}
