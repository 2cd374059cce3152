import type { Words } from './words.ts';

interface People {
  count: number;
  /** The user has left; the number of members is no longer known to them. */
  hasLeft: boolean;
}

/** The number of people in a group; empty while none is known. */
export function peopleWords({ count, hasLeft }: People, words: Words): string {
  if (hasLeft) return words('chat.notMember');
  return count === 0 ? '' : words('chat.people', { count });
}
