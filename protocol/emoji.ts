import type { UserId } from './ids.ts';
import type { Reactions } from './record.ts';

/**
 * The one form of an emoji: with the selector for emoji style after each character that Unicode draws as text by default, and
 * without any other selector. Skin tones stay, so the same emoji in another tone is a different emoji. [SH10]
 */
export function oneFormOf(emoji: string): string {
  return emoji
    .replace(/[\uFE0E\uFE0F]/gu, '')
    .replace(/(?!\p{Emoji_Presentation})\p{Emoji}(?!\p{Emoji_Modifier})/gu, '$&\uFE0F');
}

/** A pictograph, a flag or a keycap, with its modifiers and joiners and nothing else; in any form. */
export function isOneEmoji(value: string): boolean {
  const bare = value.replace(/[\uFE0E\uFE0F]/gu, '');
  return isOne.test(bare) && /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3/u.test(bare);
}

// Characters that a later Unicode version makes emojis are already `Extended_Pictographic` today.
const element = String.raw`[\p{Emoji}\p{Extended_Pictographic}](?:\p{Emoji_Modifier}|\u20E3|[\u{E0020}-\u{E007E}]+\u{E007F})?`;
const isOne = new RegExp(String.raw`^(?:\p{Regional_Indicator}{2}|${element}(?:\u200D${element})*)$`, 'u');

/** The reactions of a message by the one form of each emoji, in the order of first use; older reactions may have several forms. [SH10] */
export function byOneForm(reactions: Reactions): Map<string, UserId[]> {
  const merged = new Map<string, UserId[]>();
  for (const [emoji, users] of Object.entries(reactions)) {
    const form = oneFormOf(emoji);
    merged.set(form, [...new Set([...(merged.get(form) ?? []), ...users])]);
  }
  return merged;
}
