import { useLiveQuery } from 'dexie-react-hooks';
import { useEffect } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { WATCHED_MEMBERS } from '#app/shown/watched-members.ts';
import type { Client } from '#app/sync/client.ts';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import { MAX_WATCHED } from '#protocol/limits.ts';

/** Watches the presence of the people on the screen: the members of the open chat, then the peers of the most recent direct chats. [LV8] */
export function useWatchedPeople(
  { store, presence, userId }: Client,
  rows: readonly ConversationRow[] | undefined,
  chat: ConversationId | undefined,
): void {
  const members = useLiveQuery(async () => (chat === undefined ? [] : store.members(chat)), [store, chat]);
  const present = (members ?? []).flatMap((member) => (member.leftAt === undefined ? [member.userId] : []));
  const direct = (rows ?? [])
    .filter(({ stream, record }) => isDirect(stream) && record !== undefined)
    .toSorted((a, b) => (a.activityAt > b.activityAt ? -1 : 1))
    .map(({ stream }) => directPeer(stream, userId));
  const wanted = [...new Set([...present.slice(0, WATCHED_MEMBERS), ...direct])]
    .filter((id) => id !== userId)
    .slice(0, MAX_WATCHED)
    // Sorted, so that a change of the order of the chats does not make a new list.
    .toSorted()
    .join(' ');
  useEffect(() => {
    presence.watch(wanted === '' ? [] : (wanted.split(' ') as UserId[]));
  }, [presence, wanted]);
}
