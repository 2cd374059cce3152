import { useLiveQuery } from 'dexie-react-hooks';
import { useMemo, useState } from 'react';
import { conversationNameWords, personWords } from '#app/i18n/name-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { withDistinctNames } from '#app/shown/equal-names.ts';
import type { NamedPerson } from '#app/shown/mentions.ts';
import { conversationName, peopleNamedBy } from '#app/shown/name.ts';
import type { Person } from '#protocol/http.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { keepParts } from '#app/shown/shared-parts.ts';
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
  // Most people are among the rows. Joined to a string, so that the query runs again only when the set of the others changes.
  const others = peopleIn(rows, messages).join(' ');
  const [keep] = useState(keepParts<Person[]>);
  const read = useLiveQuery(async () => {
    const ids = others.split(' ').filter(Boolean) as UserId[];
    return ids.length === 0 ? [] : [...(await store.people(ids)).values()];
  }, [store, others]);
  const isRead = rows !== undefined && messages !== undefined && (read !== undefined || others === '');
  // A first sync writes people repeatedly. As long as these have not changed, no message is drawn again for their names.
  const present = isRead ? keep([...(read ?? []), ...rows.people]) : undefined;
  const people = useMemo(() => present && named(present), [present]);
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

function named(present: readonly Person[]) {
  const people = new Map(present.map((person) => [person.id, person]));
  const apart = withDistinctNames(people);
  return new Map(present.map(({ id, name }) => [id, { name: apart.get(id)?.name ?? name, given: name }]));
}

/** The people whose names the messages show and who are not among the rows. */
function peopleIn(rows: ConversationRows | undefined, messages: readonly MessageRecord[] | undefined): UserId[] {
  const known = new Set(rows?.people.map(({ id }) => id));
  const ids = new Set<UserId>();
  for (const message of messages ?? []) for (const id of peopleNamedBy(message)) if (!known.has(id)) ids.add(id);
  return [...ids];
}
