import { useLiveQuery } from 'dexie-react-hooks';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { withPending } from '#app/state/pending.ts';
import { shownMembers } from '#app/state/shown-members.ts';
import { directPeer, isDirect, type ConversationId } from '#protocol/ids.ts';

/** A conversation with its people and pins, as they are once everything that waits has taken effect. */
export function useDetails(store: LocalStore, stream: ConversationId) {
  return useLiveQuery(async () => {
    const self = store.userId;
    const [held, records, outbox] = await Promise.all([
      store.conversation(stream),
      store.members(stream),
      store.outbox(stream),
    ]);
    const row = held === undefined ? undefined : withPending(held, outbox, self);
    const members = row === undefined ? [] : shownMembers(row, records, outbox, self);
    const pins = [...(row?.record?.pins ?? [])].toReversed();
    const [pinned, people] = await Promise.all([
      Promise.all(pins.map(async (id) => ({ id, message: await store.message(stream, id) }))),
      store.people([...members.map(({ userId }) => userId), ...(isDirect(stream) ? [directPeer(stream, self)] : [])]),
    ]);
    const role = members.find(({ userId }) => userId === self)?.role ?? row?.membership?.role;
    return { row, members, role, pinned, people };
  }, [store, stream]);
}
