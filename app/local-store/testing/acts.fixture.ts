import type { LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { at, bootstrap, membership, messages, own, page, pulled, retried } from './records.fixture.ts';

/** What tests of the outbox do and check repeatedly. `stream`: a group of which the device has nothing. */
export function actsOn(store: LocalStore, stream: ConversationId) {
  return {
    states: async () => (await store.outbox()).map(({ id, state }) => [id, state]),
    /** Gives the device a membership of the group, with these messages. */
    hold: (from: number, to: number) =>
      store.applyPage(pulled([page(own, 1, [membership(stream)]), bootstrap(stream, messages(stream, from, to))])),
    /** Queues ops and starts to send them; resolves to the ids of those that are resends. */
    begin: async (...ops: Op[]) => {
      await store.enqueue(ops, at(1));
      return retried(await store.beginAttempt(ops.map(({ id }) => id)));
    },
  };
}
