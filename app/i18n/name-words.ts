import { DELETED_NAME, isVisible } from '#protocol/names.ts';
import type { Words } from './words.ts';

/** A conversation's name as `app/shown` finds it. */
type Named =
  | { kind: 'named'; name: string }
  | { kind: 'notes' }
  | { kind: 'loading' }
  | { kind: 'unknown'; isDirect: boolean };

export function conversationNameWords(named: Named, words: Words): string {
  switch (named.kind) {
    case 'named':
      return named.name === DELETED_NAME ? words('list.deletedPerson') : named.name;
    case 'notes':
      return words('list.notes');
    case 'loading':
      return words('list.notLoaded');
    case 'unknown':
      return words(named.isDirect ? 'list.someone' : 'list.unnamed');
  }
}

interface Reader<Id extends string> {
  self: Id;
  people: ReadonlyMap<Id, { name: string }> | undefined;
}

/** A person's name for this reader. An invisible name, from before such names were refused, has a substitute. [SH8] */
export function personWords<Id extends string>(id: string, { self, people }: Reader<Id>, words: Words): string {
  if (id === self) return words('chat.you');
  return shownName(people?.get(id as Id)?.name ?? '', words);
}

export function shownName(name: string, words: Words): string {
  if (name === DELETED_NAME) return words('list.deletedPerson');
  return isVisible(name) ? name : words('list.someone');
}
