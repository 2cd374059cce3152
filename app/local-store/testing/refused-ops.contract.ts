import { describe, expect, it } from 'vitest';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';
import { accepted, at, create, mark } from './records.fixture.ts';
import { newGroup, nextId, refused, send } from './records.fixture.ts';
import { actsOn } from './acts.fixture.ts';

/** What becomes of an op that the server refuses, and of the ops that depend on it. */
export function describeRefusedOps(newDevice: () => TestDevice): void {
  describe('refused ops', () => {
    let store: LocalStore;
    let stream: ConversationId;
    let acts: ReturnType<typeof actsOn>;
    forEveryTest(newDevice, (opened) => ({ store, stream, acts } = opened));

    it('[ER2] a retryable refusal keeps the op queued; a final one makes it failed permanently', async () => {
      const op = send(stream);
      await acts.begin(op);
      await store.settle([refused(op, 'unavailable')]);
      expect(await store.outbox()).toMatchObject([{ state: 'queued', error: { code: 'unavailable' } }]);
      await store.beginAttempt([op.id]);
      await store.settle([refused(op, 'forbidden')]);
      await store.settle([refused(op, 'unavailable')]);
      expect(await store.outbox()).toMatchObject([{ state: 'failed', error: { code: 'forbidden' } }]);
      expect(await store.beginAttempt([op.id])).toEqual([]);
      expect(await acts.states()).toEqual([[op.id, 'failed']]);
      // The answer to the newest attempt counts.
      await acts.hold(1, 2);
      await store.settle([accepted(op, 13, 3)]);
      expect(await acts.states()).toEqual([]);
    });

    it('the last attempts to send an op are kept with their outcomes, and for the newest messages even after they are sent', async () => {
      await acts.hold(1, 1);
      const op = send(stream);
      await store.enqueue([op], at(1), true);
      const tries = async () => (await store.outbox())[0]?.tries;
      expect(await tries()).toEqual([{ at: at(1) }]);
      await store.requeue([op.id]);
      await store.beginAttempt([op.id], at(2));
      await store.settle([refused(op, 'unavailable')]);
      await store.beginAttempt([op.id], at(3));
      await store.requeue([op.id], 'rate_limited');
      // The next leader does not know how it ended either.
      await store.requeue();
      await store.beginAttempt([op.id], at(4));
      const all = [
        { at: at(1), error: 'no_answer' },
        { at: at(2), error: 'unavailable' },
        { at: at(3), error: 'rate_limited' },
        { at: at(4) },
      ];
      expect(await tries()).toEqual(all);
      expect(await store.sending(op.id)).toBeUndefined();
      await store.settle([accepted(op, 12, 2)]);
      expect(await store.outbox()).toEqual([]);
      expect(await store.sending(op.id)).toEqual({ id: op.id, queuedAt: at(1), attempts: 4, tries: all });

      // For a message that needed a single attempt nothing is kept, and for one with many attempts the last ones.
      const plain = send(stream);
      await store.enqueue([plain], at(1), true);
      await store.settle([accepted(plain, 13, 3)]);
      expect(await store.sending(plain.id)).toBeUndefined();
      const long = send(stream);
      await store.enqueue([long], at(1));
      for (let nth = 1; nth <= 12; nth += 1) {
        await store.beginAttempt([long.id], at(nth));
        await store.requeue([long.id]);
      }
      expect(await store.outbox()).toMatchObject([{ attempts: 12 }]);
      expect((await tries())?.map((each) => each.at)).toEqual([5, 6, 7, 8, 9, 10, 11, 12].map(at));
      await store.settle([accepted(long, 14, 4)]);
      for (let seq = 5; seq < 5 + 99; seq += 1) {
        const next = send(stream);
        await store.enqueue([next], at(1), true);
        await store.requeue([next.id]);
        await store.beginAttempt([next.id], at(2));
        await store.settle([accepted(next, 10 + seq, seq)]);
      }
      expect(await store.sending(op.id)).toBeUndefined();
    });

    it('[REL-18] an op is failed after 8 `internal` answers, however often the network failed in between', async () => {
      const op = send(stream);
      await acts.begin(op);
      for (let lost = 0; lost < 20; lost++) {
        await store.requeue();
        await store.beginAttempt([op.id]);
      }
      const seen: unknown[] = [];
      for (let answers = 1; answers <= 8; answers++) {
        await store.settle([refused(op, 'internal')]);
        seen.push((await store.outbox())[0]?.state);
      }
      expect(seen).toEqual([...Array.from({ length: 7 }, () => 'queued'), 'failed']);
    });

    it('[AP8] a failed op is queued again under a new id in its old place, and references to it are updated', async () => {
      const [first, second] = [send(stream), send(stream)];
      const edit: Op = { id: nextId(), stream, kind: 'message.edit', messageId: first.id, text: 'x' };
      const reply = send(stream, { replyTo: first.id });
      await acts.begin(first);
      await store.enqueue([second, edit, reply], at(1));
      await store.settle([refused(first, 'forbidden')]);
      const newId = nextId();
      await store.retry(first.id, newId);
      expect(await store.outbox()).toEqual([
        {
          id: newId,
          stream,
          order: 1,
          op: { ...first, id: newId },
          queuedAt: at(1),
          attempts: 0,
          state: 'queued',
          // The result of the op that failed.
          tries: [{ at: expect.any(String) as string, error: 'forbidden' }],
        },
        expect.objectContaining({ id: second.id, order: 2, op: second }),
        expect.objectContaining({ id: edit.id, order: 3, op: { ...edit, messageId: newId } }),
        expect.objectContaining({ id: reply.id, order: 4, op: { ...reply, replyTo: newId } }),
      ]);
      await store.retry(second.id, nextId());
      expect((await store.outbox()).map(({ id }) => id)).toEqual([newId, second.id, edit.id, reply.id]);
    });

    it('[OP2] [AP8] a message that mentions somebody who has left is queued again without that mention', async () => {
      const op = send(stream, { mentions: ['bob', 'gone', 'cy'] as UserId[] });
      await acts.begin(op);
      await store.settle([
        { id: op.id, ok: false, error: { code: 'not_found', message: 'no such member', path: 'mentions.1' } },
      ]);
      await store.retry(op.id, nextId());
      expect((await store.outbox())[0]).toMatchObject({ state: 'queued', op: { mentions: ['bob', 'cy'] } });
    });

    it('[ER2] in a chat that could not be created, one retry includes the creation and everything that failed without it', async () => {
      const [creation, first, second] = [create(stream), send(stream), send(stream)];
      await acts.begin(creation, first, second);
      await store.settle([refused(creation, 'forbidden'), refused(first, 'not_found'), refused(second, 'not_found')]);
      const newId = nextId();
      await store.retry(second.id, newId);
      const rows = await store.outbox();
      expect(
        rows.map(({ order, state, attempts, error, op: { kind } }) => [order, state, attempts, error, kind]),
      ).toEqual([
        [1, 'queued', 0, undefined, 'conversation.create'],
        [2, 'queued', 0, undefined, 'message.send'],
        [3, 'queued', 0, undefined, 'message.send'],
      ]);
      expect(rows[2]?.id).toBe(newId);
      const ids = new Set([...rows.map(({ id }) => id), creation.id, first.id, second.id]);
      expect(ids.size).toBe(6);
      for (const { id, op } of rows) expect(op.id).toBe(id);
    });

    it('[ER2] discarding the creation removes a chat that was never created with its messages; an existing chat keeps them', async () => {
      const [creation, op] = [create(stream), send(stream)];
      await acts.begin(creation, op);
      await store.saveDraft(stream, 'more', '');
      await store.settle([refused(creation, 'forbidden')]);
      await store.discard(creation.id);
      expect([await store.outbox(), await store.conversations(), (await store.draft(stream)).text]).toEqual([
        [],
        [],
        '',
      ]);

      stream = newGroup();
      acts = actsOn(store, stream);
      const [again, kept] = [create(stream), send(stream)];
      await acts.begin(again, kept);
      await acts.hold(1, 2);
      await store.discard(again.id);
      expect(await acts.states()).toEqual([[kept.id, 'sending']]);
    });

    it('[ER2] discarding a message discards its changes too', async () => {
      const [first, second] = [send(stream), send(stream)];
      const edit: Op = { id: nextId(), stream, kind: 'message.edit', messageId: first.id, text: 'x' };
      await store.enqueue([first, edit, second], at(1));
      await store.discard(first.id);
      expect(await acts.states()).toEqual([[second.id, 'queued']]);
    });

    it('[AP6] answers for ops that are no longer here change nothing', async () => {
      await acts.hold(1, 2);
      const before = [await store.conversations(), await store.messages(stream, {})];
      await store.settle([accepted(send(stream), 9, 9), refused(mark(stream, 2), 'forbidden')]);
      expect([await store.conversations(), await store.messages(stream, {})]).toEqual(before);
    });
  });
}
