import type { LocalStore } from '#app/local-store/local-store.ts';
import { createConversation } from '#app/ops/conversations.ts';
import type { NewOp } from '#app/ops/rules.ts';
import type { Person } from '#protocol/http.ts';
import { directStream, groupStream, type ConversationId, type OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { Outbox } from './client.ts';
import type { Engine } from './engine.ts';

/**
 * Writes what a person does to the device, and has the engine send it. [CL1] An op that can be sent at once is marked as attempted by
 * the write that queues it, so one write precedes its packet and not two. [CL2]
 */
export function createOutbox(store: LocalStore, newId: () => OpId, engine: Pick<Engine, 'queued' | 'reserve'>): Outbox {
  async function queue(op: NewOp, people: readonly Person[] = [], id = newId()): Promise<OpId> {
    if (people.length > 0) await store.rememberPeople(people);
    const place = engine.reserve(op.stream);
    try {
      const rows = await store.enqueue([{ ...op, id }], new Date().toISOString(), place !== undefined);
      const started = rows.filter((row) => row.state === 'sending');
      if (place === undefined) engine.queued();
      else if (started.length > 0) place.send(started);
      else place.release();
    } catch (error) {
      place?.release();
      throw error;
    }
    return id;
  }
  const changeOf = (stream: ConversationId, messageId: OpId) => ({
    stream,
    messageId,
    opId: newId(),
    at: new Date().toISOString(),
  });
  return {
    newId,
    queue,
    async startDirect(person) {
      await store.rememberPeople([person]);
      return directStream(store.userId, person.id);
    },
    async startGroup({ people, ...group }) {
      const stream = groupStream(newId());
      await queue(createConversation(stream, { ...group, memberIds: people.map(({ id }) => id) }), people);
      return stream;
    },
    async hold(ops) {
      const held = ops.map((op): Op => ({ ...op, id: newId() }));
      await store.hold(held, new Date().toISOString());
      return held.map(({ id }) => id);
    },
    async release(ids) {
      await store.release(ids);
      engine.queued();
    },
    takeBack: (ids) => store.takeBack(ids),
    async retry(id) {
      await store.retry(id, newId());
      engine.queued();
    },
    discard: (id) => store.discard(id),
    async replaceFile(local, by) {
      await store.replaceFile(local, by);
      engine.queued();
    },
    async fileRefused(id, error) {
      await store.settle([{ id, ok: false, error }]);
      // The ops after it no longer have to wait.
      engine.queued();
    },
    async editText(stream, messageId, text, mentions) {
      const change = changeOf(stream, messageId);
      await store.editText(text, mentions === undefined ? change : { ...change, mentions });
      engine.queued();
    },
    async cancel(stream, messageId) {
      const removed = await store.cancel(changeOf(stream, messageId));
      engine.queued();
      if (removed.length === 0) return undefined;
      return async () => {
        await store.restore(removed);
        engine.queued();
      };
    },
  };
}
