import { english } from './english.ts';
import type { MessageKey, Words } from './words.ts';

/** What the plain picker offers. */
export const commonEmojis = ['👍', '❤️', '😂', '😮', '😢', '🙏', '🎉', '👀'] as const;

/** An emoji in words; one without words of ours stands for itself, for readers know its name. [A17] */
export function emojiWords(emoji: string, words: Words): string {
  const key = `emoji.${emoji}`;
  return Object.hasOwn(english, key) ? words(key as MessageKey) : emoji;
}
