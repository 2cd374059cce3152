import type { Words } from './words.ts';

interface People {
  count: number;
  /** The reader is none of them any more: how many there are is no longer told. */
  hasLeft: boolean;
}

/** How many people a group has; nothing while nobody is known. */
export function peopleWords({ count, hasLeft }: People, words: Words): string {
  if (hasLeft) return words('chat.notMember');
  return count === 0 ? '' : words('chat.people', { count });
}
