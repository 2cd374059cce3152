import type { Words } from './words.ts';

interface People {
  count: number;
  /** The user has left, and no longer knows the number of members. */
  hasLeft: boolean;
  /** How many others are known to be online. */
  online?: number;
}

/** The number of people in a group, and of those who are online, with the user, if there is anybody else; empty while none is known. */
export function peopleWords({ count, hasLeft, online = 0 }: People, words: Words): string {
  if (hasLeft) return words('chat.notMember');
  if (count === 0) return '';
  const people = words('chat.people', { count });
  return online === 0 ? people : words('chat.peopleOnline', { people, online: online + 1 });
}

/** What distinguishes a person from another one of the same name: a shared group, the number of further shared groups, and their tag. */
export function sharedGroupsWords([first, ...more]: readonly { title: string }[], tag: string, words: Words): string {
  if (first === undefined) return words('new.apartNoGroup', { tag });
  return more.length === 0
    ? words('new.apart', { group: first.title, tag })
    : words('new.apartMore', { group: first.title, count: more.length, tag });
}
