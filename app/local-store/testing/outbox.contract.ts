import { describe, expect, it } from 'vitest';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';
import { accepted, ann, at, bob, create } from './records.fixture.ts';
import { message, newGroup, retried, send } from './records.fixture.ts';
import type { actsOn } from './acts.fixture.ts';

/** The life of an op until the server answers it. */
export function describeOutbox(newDevice: () => TestDevice): void {
  describe('outbox', () => {
    let device: TestDevice;
    let store: LocalStore;
    let stream: ConversationId;
    let acts: ReturnType<typeof actsOn>;
    forEveryTest(newDevice, (opened) => ({ device, store, stream, acts } = opened));

    it('[CL1] an op and what it shows appear together, in every tab', async () => {
      const creation = create(stream, { title: 'Trip' });
      const op = send(stream);
      await store.enqueue([creation, op], at(7));
      const second = await device.tab();
      expect(await second.outbox(stream)).toEqual([
        { id: creation.id, stream, order: 1, op: creation, queuedAt: at(7), attempts: 0, state: 'queued' },
        { id: op.id, stream, order: 2, op, queuedAt: at(7), attempts: 0, state: 'queued' },
      ]);
      expect(await second.conversation(stream)).toEqual({
        stream,
        creation: { title: 'Trip', memberIds: [bob] },
        lastSeq: 0,
        historyStart: 0,
        isWhole: true,
        unread: 0,
        activityAt: at(7),
      });
    });

    it('reports the messages and ops of each write once they are durable', async () => {
      await acts.hold(1, 3);
      const { recentWrites } = store;
      const before = recentWrites.count();
      const [op, elsewhere] = [send(stream), send(newGroup())];
      const told = new Promise<void>((resolve) => void recentWrites.listen(resolve));
      await store.enqueue([op], at(1));
      expect(recentWrites.lastOf(stream)).toBe(before + 1);
      await store.enqueue([elsewhere], at(2));
      expect(recentWrites.lastOf(stream)).toBe(before + 1);
      await told;
      await store.settle([accepted(op, 40, 4)]);
      const [queued, , settled, ...more] = recentWrites.since(before);
      expect([...(queued?.ops.values() ?? [])]).toMatchObject([{ id: op.id, state: 'queued' }]);
      expect(settled?.ops).toEqual(new Map([[op.id, undefined]]));
      expect([...(settled?.messages.values() ?? [])]).toMatchObject([{ id: op.id, seq: 4 }]);
      expect(more).toEqual([]);
      expect(recentWrites.since(recentWrites.count())).toEqual([]);
    });

    it('announces other people’s messages as soon as they arrive, and the person’s own with their write', async () => {
      await acts.hold(1, 3);
      const { recentWrites } = store;
      const [before, last] = [recentWrites.count(), recentWrites.lastOf(stream)];
      const [theirs, ours] = [message(stream, 4, { rev: 14 }), message(stream, 5, { rev: 15, senderId: ann })];
      const expected = { messages: new Map([[theirs.id, theirs]]), ops: new Map(), isExpected: true };
      const told: unknown[] = [];
      const stop = recentWrites.listen(() => told.push(recentWrites.since(recentWrites.count())));
      expect(await store.applyChanges({ stream, prev: 13, cursor: 15, records: [theirs, ours] })).toBe('applied');
      // A read that started then would not contain it.
      expect(told[0]).toEqual([expected]);
      expect(recentWrites.lastOf(stream)).toBeGreaterThan(last);
      expect(recentWrites.since(before).flatMap(({ messages: found }) => [...found.keys()])).toEqual([
        theirs.id,
        ours.id,
      ]);
      // A message that could not be written is no longer expected.
      const late = { stream, prev: 20, cursor: 21, records: [message(stream, 9, { rev: 21 })] };
      expect(await store.applyChanges(late)).toBe('behind');
      stop();
      expect(recentWrites.since(recentWrites.count())).toEqual([]);
      // If no view draws them, nothing waits.
      const next = { stream, prev: 15, cursor: 16, records: [message(stream, 6, { rev: 16 })] };
      expect(await store.applyChanges(next)).toBe('applied');
    });

    it('[CL2] an op that nothing precedes can be marked as attempted by the write that queues it', async () => {
      const [first, second, elsewhere] = [send(stream), send(stream), send(newGroup())];
      expect(await store.enqueue([first], at(1), true)).toMatchObject([
        { id: first.id, state: 'sending', attempts: 1 },
      ]);
      // The first one may still be in flight.
      expect(await store.enqueue([second], at(2), true)).toMatchObject([{ id: second.id, state: 'queued' }]);
      expect(await store.enqueue([elsewhere], at(3), true)).toMatchObject([{ id: elsewhere.id, state: 'sending' }]);
      expect(await acts.states()).toEqual([
        [first.id, 'sending'],
        [second.id, 'queued'],
        [elsewhere.id, 'sending'],
      ]);
      // A second attempt has `retry: true`.
      expect(retried(await store.beginAttempt([first.id, second.id]))).toEqual(new Set([first.id]));
    });

    it('[CL1] an op that is queued twice is stored once, because a write is retried if its confirmation was lost', async () => {
      const op = send(stream);
      await acts.begin(op);
      await store.enqueue([op], at(2));
      expect(await store.outbox()).toMatchObject([{ id: op.id, order: 1, attempts: 1, state: 'sending' }]);
    });

    it('[ST5] two tabs that write at the same time give each op its own place, in the order of each tab', async () => {
      const second = await device.tab();
      const [mine, theirs] = [0, 1].map(() => Array.from({ length: 10 }, () => send(stream))) as [Op[], Op[]];
      await Promise.all(
        mine.flatMap((op, index) => [store.enqueue([op], at(1)), second.enqueue([theirs[index] as Op], at(1))]),
      );
      const rows = await store.outbox(stream);
      expect(new Set(rows.map(({ order }) => order)).size).toBe(20);
      for (const ops of [mine, theirs]) {
        const ids = new Set<OpId>(ops.map(({ id }) => id));
        expect(rows.filter(({ id }) => ids.has(id)).map(({ id }) => id)).toEqual([...ids]);
      }
    });

    it('[CL2] a resend is recognised as one, even after the store was closed and opened', async () => {
      const [first, second] = [send(stream), send(stream)];
      expect(await acts.begin(first)).toEqual(new Set());
      await store.enqueue([second], at(1));
      const tab = await device.tab();
      await tab.requeue();
      expect(await acts.states()).toEqual([
        [first.id, 'queued'],
        [second.id, 'queued'],
      ]);
      expect(retried(await tab.beginAttempt([first.id, second.id]))).toEqual(new Set([first.id]));
      await tab.requeue([second.id]);
      expect(await acts.states()).toEqual([
        [first.id, 'sending'],
        [second.id, 'queued'],
      ]);
    });

    it('[CL2] an op that is queued while an attempt starts is not part of it', async () => {
      const [first, second] = [send(stream), send(stream)];
      await store.enqueue([first], at(1));
      await Promise.all([store.beginAttempt([first.id]), store.enqueue([second], at(1))]);
      expect(await acts.states()).toEqual([
        [first.id, 'sending'],
        [second.id, 'queued'],
      ]);
      // An op that was discarded meanwhile is not restored by its attempt.
      await store.discard(second.id);
      await store.beginAttempt([second.id]);
      expect(await acts.states()).toEqual([[first.id, 'sending']]);
    });
  });
}
