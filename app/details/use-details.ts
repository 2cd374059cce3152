import { useLiveQuery } from 'dexie-react-hooks';
import type { LocalStore, Reading } from '#app/local-store/local-store.ts';
import { withPending } from '#app/shown/conversation.ts';
import { shownMembers } from '#app/shown/members.ts';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';

/** A conversation with its people and pins, as they are once everything that waits has taken effect. */
export function useDetails(store: LocalStore, stream: ConversationId) {
  return useLiveQuery(() => store.snapshot((reading) => readDetails(reading, stream, store.userId)), [store, stream]);
}

async function readDetails(reading: Reading, stream: ConversationId, self: UserId) {
  const [held, records, outbox] = await Promise.all([
    reading.conversation(stream),
    reading.members(stream),
    reading.outbox(stream),
  ]);
  const row = held === undefined ? undefined : withPending(held, outbox, self);
  const members = row === undefined ? [] : shownMembers(row, records, outbox, self);
  const pins = [...(row?.record?.pins ?? [])].toReversed();
  const [pinned, people] = await Promise.all([
    Promise.all(pins.map(async (id) => ({ id, message: await reading.message(stream, id) }))),
    reading.people([...members.map(({ userId }) => userId), ...(isDirect(stream) ? [directPeer(stream, self)] : [])]),
  ]);
  const role = members.find(({ userId }) => userId === self)?.role ?? row?.membership?.role;
  return { row, members, role, pinned, people };
}
