import { useLiveQuery } from 'dexie-react-hooks';
import { personWords, shownName } from '#app/i18n/name-words.ts';
import type { Words } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { withDistinctNames } from '#app/shown/equal-names.ts';
import type { Person } from '#protocol/http.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';

/** The possible senders, the user first: the people of one chat, including those who have left, or everybody known on this device. */
export function useSenders(
  store: ViewStore,
  stream: ConversationId | undefined,
  words: Words,
): { id: UserId; name: string }[] {
  const self = store.userId;
  const known = useLiveQuery(
    async () => (stream === undefined ? store.knownPeople() : peopleOf(store, stream)),
    [store, stream],
  );
  const others = [...withDistinctNames(new Map((known ?? []).map((person) => [person.id, person]))).values()];
  return [
    { id: self, name: personWords(self, { self, people: undefined }, words) },
    ...others.filter(({ id }) => id !== self).map(({ id, name }) => ({ id, name: shownName(name, words) })),
  ];
}

async function peopleOf(store: ViewStore, stream: ConversationId): Promise<Person[]> {
  const members = await store.members(stream);
  return members.map(({ userId, name }) => ({ id: userId, name })).toSorted((a, b) => a.name.localeCompare(b.name));
}
