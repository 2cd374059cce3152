import { useLiveQuery } from 'dexie-react-hooks';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { withPending } from '#app/shown/conversation.ts';
import { shownMembers } from '#app/shown/members.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { sharedDraft } from './use-shared-draft.ts';

/** A conversation's rows on this device, and the same with the pending ops of the outbox applied; undefined while they are read. */
export function useConversationRows(store: LocalStore, stream: ConversationId) {
  return useLiveQuery(async () => {
    const self = store.userId;
    const [row, members, outbox, draft] = await store.snapshot((reading) =>
      Promise.all([
        reading.conversation(stream),
        reading.members(stream),
        reading.outbox(stream),
        reading.draft(stream),
      ]),
    );
    const shown = row === undefined ? undefined : withPending(row, outbox, self);
    const present = shown === undefined ? [] : shownMembers(shown, members, outbox, self);
    const hasLeft = shown?.membership?.leftAt !== undefined;
    const role = present.find(({ userId }) => userId === self)?.role ?? shown?.membership?.role ?? 'member';
    return {
      row,
      shown,
      members,
      present,
      outbox,
      draft,
      sharedDraft: sharedDraft(shown, outbox),
      hasLeft,
      role: hasLeft ? undefined : role,
    };
  }, [store, stream]);
}

export type ConversationRows = NonNullable<ReturnType<typeof useConversationRows>>;
