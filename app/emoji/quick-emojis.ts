import { commonEmojis } from '#app/i18n/reaction-words.ts';
import { useAppSelector } from '#app/state/store.ts';

const OFFERED = 6;

/** The emojis that are offered first: those used last, filled up with common ones. */
export function quickEmojis(recent: readonly string[]): string[] {
  return [...new Set([...recent, ...commonEmojis])].slice(0, OFFERED);
}

export function useQuickEmojis(): string[] {
  return quickEmojis(useAppSelector((state) => state.emojis.recent));
}
