import { useLiveQuery } from 'dexie-react-hooks';
import { useCallback } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { conversationName } from '#app/shown/name.ts';
import { withPending } from '#app/shown/conversation.ts';
import { shownMembers } from '#app/shown/members.ts';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { sharedDraft } from './use-shared-draft.ts';

/** What the device holds of one chat, and the same with what waits in the outbox. */
export function useHeld(store: LocalStore, stream: ConversationId) {
  return useLiveQuery(async () => {
    const self = store.userId;
    const [row, members, waiting, draft] = await store.snapshot((reading) =>
      Promise.all([
        reading.conversation(stream),
        reading.members(stream),
        reading.outbox(stream),
        reading.draft(stream),
      ]),
    );
    const shown = row === undefined ? undefined : withPending(row, waiting, self);
    const present = shown === undefined ? [] : shownMembers(shown, members, waiting, self);
    const hasLeft = shown?.membership?.leftAt !== undefined;
    const role = present.find(({ userId }) => userId === self)?.role ?? shown?.membership?.role ?? 'member';
    const shared = sharedDraft(shown, waiting);
    return { row, shown, members, present, waiting, draft, shared, hasLeft, role: hasLeft ? undefined : role };
  }, [store, stream]);
}

export type Held = NonNullable<ReturnType<typeof useHeld>>;

/** The names that the chat shows, its own among them; undefined while they are read. */
export function useNames(
  store: LocalStore,
  stream: ConversationId,
  held: Held | undefined,
  messages: readonly MessageRecord[] | undefined,
) {
  const words = useWords();
  const self = store.userId;
  // By their ids: whatever else changes, the same people are not asked for again.
  const ids = peopleIn(stream, self, held, messages).join(' ');
  const people = useLiveQuery(() => store.people(ids.split(' ').filter(Boolean) as UserId[]), [store, ids]);
  const nameOf = useCallback(
    (id: string) => (id === self ? words('chat.you') : (people?.get(id as UserId)?.name ?? words('list.someone'))),
    [people, self, words],
  );
  const named = conversationName({ stream, ...held?.shown }, self, people ?? new Map());
  const name =
    named.kind === 'named'
      ? named.name
      : words(named.kind === 'notes' ? 'list.notes' : named.isDirect ? 'list.someone' : 'list.unnamed');
  return { isReady: people !== undefined, nameOf, name, isNotes: named.kind === 'notes' };
}

/** Whose names the chat shows. */
function peopleIn(
  stream: ConversationId,
  self: UserId,
  held: Held | undefined,
  messages: readonly MessageRecord[] | undefined,
): UserId[] {
  const ids = new Set<UserId>(held?.members.map((member) => member.userId));
  if (isDirect(stream)) ids.add(directPeer(stream, self));
  for (const { senderId, event } of messages ?? []) {
    ids.add(senderId);
    if (event !== undefined) for (const id of [event.by, ...(event.userIds ?? [])]) ids.add(id);
  }
  return [...ids];
}
