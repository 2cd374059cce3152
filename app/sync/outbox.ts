import type { LocalStore } from '#app/local-store/local-store.ts';
import { createConversation } from '#app/ops/conversations.ts';
import type { NewOp } from '#app/ops/rules.ts';
import type { Person } from '#protocol/http.ts';
import { directStream, groupStream, type ConversationId, type OpId } from '#protocol/ids.ts';
import type { Outbox } from './client.ts';

/** Writes what a person does to the device; `onQueued` wakes the engine. [CL1] */
export function createOutbox(store: LocalStore, newId: () => OpId, onQueued: () => void): Outbox {
  async function queue(op: NewOp, people: readonly Person[] = []): Promise<OpId> {
    const id = newId();
    if (people.length > 0) await store.rememberPeople(people);
    await store.enqueue([{ ...op, id }], new Date().toISOString());
    onQueued();
    return id;
  }
  const changeOf = (stream: ConversationId, messageId: OpId) => ({
    stream,
    messageId,
    opId: newId(),
    at: new Date().toISOString(),
  });
  return {
    queue,
    async startDirect(person) {
      const stream = directStream(store.userId, person.id);
      if ((await store.conversation(stream)) !== undefined) await store.rememberPeople([person]);
      else {
        const memberIds = person.id === store.userId ? [] : [person.id];
        await queue(createConversation(stream, { memberIds }), [person]);
      }
      return stream;
    },
    async startGroup({ people, ...group }) {
      const stream = groupStream(newId());
      await queue(createConversation(stream, { ...group, memberIds: people.map(({ id }) => id) }), people);
      return stream;
    },
    async retry(id) {
      await store.retry(id, newId());
      onQueued();
    },
    discard: (id) => store.discard(id),
    async editText(stream, messageId, text) {
      await store.editText(text, changeOf(stream, messageId));
      onQueued();
    },
    async cancel(stream, messageId) {
      const removed = await store.cancel(changeOf(stream, messageId));
      onQueued();
      if (removed.length === 0) return undefined;
      return async () => {
        await store.restore(removed);
        onQueued();
      };
    },
  };
}
