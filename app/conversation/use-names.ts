import { useLiveQuery } from 'dexie-react-hooks';
import { useMemo } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { conversationName } from '#app/shown/name.ts';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { ConversationRows } from './use-conversation-rows.ts';

export interface Names {
  /** The conversation's own name. */
  name: string;
  isNotes: boolean;
  nameOf: (userId: string) => string;
}

/** The names that the conversation shows, its own among them; undefined while they are read. */
export function useNames(
  store: LocalStore,
  stream: ConversationId,
  rows: ConversationRows | undefined,
  messages: readonly MessageRecord[] | undefined,
): Names | undefined {
  const words = useWords();
  const self = store.userId;
  // Joined to a string, so that the query runs again only when the set of people changes.
  const ids = peopleIn(stream, self, rows, messages).join(' ');
  const people = useLiveQuery(() => store.people(ids.split(' ').filter(Boolean) as UserId[]), [store, ids]);
  const shown = rows?.shown;
  const nameOf = useMemo(
    () => (id: string) =>
      id === self ? words('chat.you') : (people?.get(id as UserId)?.name ?? words('list.someone')),
    [people, self, words],
  );
  if (people === undefined) return undefined;
  const named = conversationName({ stream, ...shown }, self, people);
  const name =
    named.kind === 'named'
      ? named.name
      : words(named.kind === 'notes' ? 'list.notes' : named.isDirect ? 'list.someone' : 'list.unnamed');
  return { name, isNotes: named.kind === 'notes', nameOf };
}

/** The people whose names the conversation shows. */
function peopleIn(
  stream: ConversationId,
  self: UserId,
  rows: ConversationRows | undefined,
  messages: readonly MessageRecord[] | undefined,
): UserId[] {
  const ids = new Set<UserId>(rows?.members.map((member) => member.userId));
  if (isDirect(stream)) ids.add(directPeer(stream, self));
  for (const { senderId, event } of messages ?? []) {
    ids.add(senderId);
    if (event !== undefined) for (const id of [event.by, ...(event.userIds ?? [])]) ids.add(id);
  }
  return [...ids];
}
