import { useLiveQuery } from 'dexie-react-hooks';
import { useMemo, useState } from 'react';
import { conversationNameWords, personWords } from '#app/i18n/name-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { toldApart } from '#app/shown/equal-names.ts';
import type { NamedPerson } from '#app/shown/mentions.ts';
import { conversationName, peopleNamedBy } from '#app/shown/name.ts';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { keepParts } from './shared-parts.ts';
import type { ConversationRows } from './use-conversation-rows.ts';

export interface Names {
  /** The conversation's own name. */
  name: string;
  isNotes: boolean;
  nameOf: (userId: string) => string;
  /** The names by which messages mention these people, as far as they are known. */
  mentionable: (ids: readonly UserId[]) => NamedPerson[];
}

/** The names that the conversation shows, its own among them; undefined while they are read. */
export function useNames(
  store: ViewStore,
  stream: ConversationId,
  rows: ConversationRows | undefined,
  messages: readonly MessageRecord[] | undefined,
): Names | undefined {
  const words = useWords();
  const self = store.userId;
  // Joined to a string, so that the query runs again only when the set of people changes.
  const ids = peopleIn(stream, self, rows, messages).join(' ');
  const [keep] = useState(keepParts<(readonly [UserId, { name: string; given: string }])[]>);
  const read = useLiveQuery(async () => {
    const people = await store.people(ids.split(' ').filter(Boolean) as UserId[]);
    const apart = toldApart(people);
    return [...people].map(([id, { name }]) => [id, { name: apart.get(id)?.name ?? name, given: name }] as const);
  }, [store, ids]);
  // A first sync writes people again and again. As long as these are the same, no message is drawn again for their names.
  const told = read && keep(read);
  const people = useMemo(() => told && new Map(told), [told]);
  const nameOf = useMemo(() => (id: string) => personWords(id, { self, people }, words), [people, self, words]);
  const mentionable = useMemo(
    () => (wanted: readonly UserId[]) =>
      wanted.flatMap((id) => {
        const name = people?.get(id)?.given;
        return name === undefined ? [] : [{ id, name }];
      }),
    [people],
  );
  const row = rows?.row;
  return useMemo(() => {
    if (people === undefined) return undefined;
    const named = conversationName({ stream, ...row }, self, people);
    return { name: conversationNameWords(named, words), isNotes: named.kind === 'notes', nameOf, mentionable };
  }, [people, stream, row, self, words, nameOf, mentionable]);
}

/** The people whose names the conversation shows. */
function peopleIn(
  stream: ConversationId,
  self: UserId,
  rows: ConversationRows | undefined,
  messages: readonly MessageRecord[] | undefined,
): UserId[] {
  const ids = new Set<UserId>(rows?.memberRecords.map((member) => member.userId));
  if (isDirect(stream)) ids.add(directPeer(stream, self));
  for (const message of messages ?? []) for (const id of peopleNamedBy(message)) ids.add(id);
  return [...ids];
}
