import type { LocalStore } from '#app/local-store/local-store.ts';
import { directStream, groupStream, type OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { Outbox } from './client.ts';

/** What a person does, written to the device; `onQueued` wakes whoever sends. [CL1] */
export function createOutbox(store: LocalStore, newId: () => OpId, onQueued: () => void): Outbox {
  async function queue(ops: readonly Op[]): Promise<void> {
    await store.enqueue(ops, new Date().toISOString());
    onQueued();
  }
  return {
    async send(stream, { text, replyTo, mentions }) {
      const id = newId();
      const sentAt = new Date().toISOString();
      const more = { ...(replyTo === undefined ? {} : { replyTo }), ...(mentions === undefined ? {} : { mentions }) };
      await queue([{ id, stream, kind: 'message.send', text, sentAt, ...more }]);
      return id;
    },
    edit: (stream, messageId, text) => queue([{ id: newId(), stream, kind: 'message.edit', messageId, text }]),
    remove: (stream, messageId) => queue([{ id: newId(), stream, kind: 'message.delete', messageId }]),
    async createDirect(person) {
      const stream = directStream(store.userId, person.id);
      await store.rememberPeople([person]);
      if ((await store.conversation(stream)) === undefined) {
        const memberIds = person.id === store.userId ? [] : [person.id];
        await queue([{ id: newId(), stream, kind: 'conversation.create', memberIds }]);
      }
      return stream;
    },
    async createGroup({ title, people, history }) {
      const stream = groupStream(newId());
      await store.rememberPeople(people);
      const memberIds = people.map((person) => person.id);
      await queue([
        {
          id: newId(),
          stream,
          kind: 'conversation.create',
          title,
          memberIds,
          ...(history === undefined ? {} : { history }),
        },
      ]);
      return stream;
    },
    markRead: (stream, readSeq) => queue([{ id: newId(), stream, kind: 'receipt.mark', readSeq }]),
    updateMembership: (stream, change) => queue([{ id: newId(), stream, kind: 'membership.update', ...change }]),
    pin: (stream, messageId, on) => queue([{ id: newId(), stream, kind: 'message.pin', messageId, on }]),
    react: (stream, messageId, emoji, on) =>
      queue([{ id: newId(), stream, kind: 'reaction.set', messageId, emoji, on }]),
    updateGroup: (stream, change) => queue([{ id: newId(), stream, kind: 'conversation.update', ...change }]),
    async addMembers(stream, people) {
      await store.rememberPeople(people);
      await queue([{ id: newId(), stream, kind: 'member.add', userIds: people.map((person) => person.id) }]);
    },
    removeMember: (stream, userId) => queue([{ id: newId(), stream, kind: 'member.remove', userId }]),
    setRole: (stream, userId, role) => queue([{ id: newId(), stream, kind: 'member.role', userId, role }]),
    async retry(id) {
      await store.retry(id, newId());
      onQueued();
    },
    discard: (id) => store.discard(id),
  };
}
