import { describe, expect, it } from 'vitest';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { LocalStore, OutboxRow } from '#app/local-store/local-store.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';
import {
  accepted,
  ann,
  at,
  bob,
  bootstrap,
  conversation,
  create,
  mark,
  member,
  membership,
} from './records.fixture.ts';
import { message, messages, newGroup, nextId, own, page, pulled, refused, retried, send } from './records.fixture.ts';

/** The life of an op, from being queued to being answered. */
export function describeOutbox(newDevice: () => TestDevice): void {
  describe('outbox', () => {
    let device: TestDevice;
    let store: LocalStore;
    let stream: ConversationId;
    forEveryTest(newDevice, (opened) => ({ device, store, stream } = opened));

    const texts = async () => (await store.messages(stream, {})).map(({ text }) => text);
    const states = async () => (await store.outbox()).map(({ id, state }) => [id, state]);
    const hold = (from: number, to: number) =>
      store.applyPage(pulled([page(own, 1, [membership(stream)]), bootstrap(stream, messages(stream, from, to))]));
    const begin = async (...ops: Op[]) => {
      await store.enqueue(ops, at(1));
      return retried(await store.beginAttempt(ops.map(({ id }) => id)));
    };
    const record = (op: ReturnType<typeof send>, seq: number, rev: number, more = {}) =>
      message(stream, seq, { id: op.id, senderId: ann, rev, text: op.text ?? '', ...more });

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
      await hold(1, 3);
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

    it('tells of messages of others as soon as they arrive, and of one’s own with their write', async () => {
      await hold(1, 3);
      const { recentWrites } = store;
      const [before, last] = [recentWrites.count(), recentWrites.lastOf(stream)];
      const [theirs, ours] = [message(stream, 4, { rev: 14 }), message(stream, 5, { rev: 15, senderId: ann })];
      const expected = { messages: new Map([[theirs.id, theirs]]), ops: new Map(), isExpected: true };
      const told: unknown[] = [];
      const stop = recentWrites.listen(() => told.push(recentWrites.since(recentWrites.count())));
      expect(await store.applyChanges({ stream, prev: 13, cursor: 15, records: [theirs, ours] })).toBe('applied');
      // A reading that began then would not contain it.
      expect(told[0]).toEqual([expected]);
      expect(recentWrites.lastOf(stream)).toBeGreaterThan(last);
      expect(recentWrites.since(before).flatMap(({ messages: found }) => [...found.keys()])).toEqual([
        theirs.id,
        ours.id,
      ]);
      // What could not be written is no longer expected.
      const late = { stream, prev: 20, cursor: 21, records: [message(stream, 9, { rev: 21 })] };
      expect(await store.applyChanges(late)).toBe('behind');
      stop();
      expect(recentWrites.since(recentWrites.count())).toEqual([]);
      // Where nobody draws, nothing waits.
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
      expect(await states()).toEqual([
        [first.id, 'sending'],
        [second.id, 'queued'],
        [elsewhere.id, 'sending'],
      ]);
      // A second attempt says that it is one.
      expect(retried(await store.beginAttempt([first.id, second.id]))).toEqual(new Set([first.id]));
    });

    it('[CL1] an op that is queued twice is stored once, because a write is retried if its confirmation was lost', async () => {
      const op = send(stream);
      await begin(op);
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
      expect(await begin(first)).toEqual(new Set());
      await store.enqueue([second], at(1));
      const tab = await device.tab();
      await tab.requeue();
      expect(await states()).toEqual([
        [first.id, 'queued'],
        [second.id, 'queued'],
      ]);
      expect(retried(await tab.beginAttempt([first.id, second.id]))).toEqual(new Set([first.id]));
      await tab.requeue([second.id]);
      expect(await states()).toEqual([
        [first.id, 'sending'],
        [second.id, 'queued'],
      ]);
    });

    it('[CL2] an op that is queued while an attempt starts is not part of it', async () => {
      const [first, second] = [send(stream), send(stream)];
      await store.enqueue([first], at(1));
      await Promise.all([store.beginAttempt([first.id]), store.enqueue([second], at(1))]);
      expect(await states()).toEqual([
        [first.id, 'sending'],
        [second.id, 'queued'],
      ]);
      // An op that was discarded meanwhile is not restored by its attempt.
      await store.discard(second.id);
      await store.beginAttempt([second.id]);
      expect(await states()).toEqual([[first.id, 'sending']]);
    });

    it('[AP3] an accepted message is shown at its seq until its record arrives', async () => {
      const op = send(stream, { text: 'mine', replyTo: nextId(), mentions: [bob] });
      await hold(1, 2);
      await begin(op);
      await store.settle([accepted(op, 13, 3)]);
      expect(await store.outbox()).toEqual([]);
      const { replyTo, mentions } = op;
      const shown = { id: op.id, seq: 3, rev: 0, senderId: ann, text: 'mine', replyTo, mentions };
      expect((await store.messages(stream, { fromSeq: 3 }))[0]).toMatchObject(shown);
      expect(await store.conversation(stream)).toMatchObject({ lastSeq: 3, unread: 2, lastMessage: shown });
      const held = record(op, 3, 13, { createdAt: at(3) });
      await store.applyChanges({ stream, prev: 12, cursor: 13, records: [held] });
      expect((await store.messages(stream, { fromSeq: 3 }))[0]).toEqual(held);
      expect(await store.conversation(stream)).toMatchObject({ lastMessage: held, activityAt: at(3), unread: 2 });
    });

    it('[AP3] a record that arrives before the answer removes the op, and the answer changes nothing', async () => {
      const op = send(stream);
      await hold(1, 2);
      await begin(op);
      const held = record(op, 3, 13);
      await store.applyChanges({ stream, prev: 12, cursor: 13, records: [held] });
      expect(await store.outbox()).toEqual([]);
      await store.settle([accepted(op, 13, 3)]);
      expect(await store.messages(stream, { fromSeq: 3 })).toEqual([held]);
    });

    it('[AP2] a message that is accepted before earlier ones have arrived stays visible, is not sent again, and is removed with its record', async () => {
      const [op, next] = [send(stream, { text: 'mine' }), send(stream)];
      await hold(1, 2);
      await begin(op);
      await store.enqueue([next], at(2));
      await store.settle([accepted(op, 20, 9)]);
      expect(await texts()).toEqual(['text 1', 'text 2']);
      expect(await store.outbox()).toMatchObject([
        { id: op.id, state: 'sent', seq: 9 },
        { id: next.id, state: 'queued' },
      ]);
      await store.requeue();
      await store.beginAttempt([op.id]);
      await store.settle([accepted(op, 20, 9), refused(op, 'unavailable')]);
      expect(await states()).toEqual([
        [op.id, 'sent'],
        [next.id, 'queued'],
      ]);
      await store.applyPage(pulled([page(stream, 19, messages(stream, 3, 8))]));
      expect(await states()).toEqual([
        [op.id, 'sent'],
        [next.id, 'queued'],
      ]);
      await store.applyPage(pulled([page(stream, 20, [record(op, 9, 20)])]));
      expect(await states()).toEqual([[next.id, 'queued']]);
      expect((await texts()).at(-1)).toBe('mine');
    });

    it('[AP2] a message that was accepted in an earlier epoch is sent again once its record should have arrived', async () => {
      const op = send(stream);
      await hold(1, 2);
      await begin(op);
      await store.settle([accepted(op, 20, 9)]);
      await store.requeue();
      expect(await states()).toEqual([[op.id, 'sent']]);
      await store.applyPage(pulled([page(stream, 20, messages(stream, 3, 4))]));
      await store.requeue();
      const { seq: _seq, rev: _rev, ...row } = (await store.outbox())[0] as OutboxRow;
      expect([row.state, row.attempts, _seq, _rev]).toEqual(['queued', 1, undefined, undefined]);
    });

    it('[AP2] a message that is accepted below the window is removed from the outbox: history has it', async () => {
      const [early, late] = [send(stream), send(stream)];
      await hold(1, 2);
      await begin(early, late);
      await store.settle([accepted(early, 20, 9)]);
      await store.applyPage(pulled([{ ...bootstrap(stream, messages(stream, 51, 60)), reset: true }]));
      expect(await states()).toEqual([[late.id, 'sending']]);
      await store.settle([accepted(late, 70, 40)]);
      expect(await states()).toEqual([]);
      expect((await store.messages(stream, {}))[0]?.seq).toBe(51);
    });

    it('[AP2] a message that is accepted after the person has left the group does not wait for its record', async () => {
      const [early, late] = [send(stream), send(stream)];
      await hold(1, 2);
      await begin(early, late);
      await store.settle([accepted(early, 20, 9)]);
      await store.applyPage(pulled([page(own, 2, [membership(stream, { rev: 2, leftAt: at(9) })])]));
      await store.settle([accepted(late, 21, 10)]);
      expect(await states()).toEqual([]);
    });

    it('[RC1] an accepted forward, or a message with files, keeps its op until the server has described it', async () => {
      const op = send(stream, { attachments: [{ mediaId: 'm' as never }] });
      await hold(1, 2);
      await begin(op);
      await store.settle([accepted(op, 13, 3)]);
      expect(await states()).toEqual([[op.id, 'sent']]);
      await store.applyChanges({ stream, prev: 12, cursor: 13, records: [record(op, 3, 13)] });
      expect(await states()).toEqual([]);
    });

    it('[OP9] a chat that is created here and already exists at the server has no message at a wrong seq', async () => {
      const [creation, op] = [create(stream), send(stream, { text: 'mine' })];
      await begin(creation, op);
      await store.settle([accepted(creation, 3), accepted(op, 520, 501)]);
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 0, creation: { memberIds: [bob] } });
      expect(await states()).toEqual([[op.id, 'sent']]);
      await store.applyPage(pulled([bootstrap(stream, [...messages(stream, 452, 500), record(op, 501, 520)], 520)]));
      expect(await states()).toEqual([]);
      const row = await store.conversation(stream);
      expect(row).toMatchObject({ historyStart: 452, isWhole: false, lastSeq: 501 });
      expect(row?.creation).toBeUndefined();
    });

    it('[OP10] a group that is created here holds its messages from the first on, whatever arrives first', async () => {
      const [creation, first, second] = [create(stream), send(stream, { text: 'one' }), send(stream, { text: 'two' })];
      await begin(creation, first, second);
      await store.settle([accepted(creation, 3), accepted(first, 4, 1), accepted(second, 5, 2)]);
      expect([await texts(), await states()]).toEqual([['one', 'two'], []]);
      const frame = [conversation(stream, { title: 'Crew' }), member(stream, ann), member(stream, bob)];
      // A page from before the messages.
      await store.applyPage(pulled([page(stream, 3, frame)]));
      expect([await texts(), (await store.conversation(stream))?.isWhole]).toEqual([['one', 'two'], true]);
      await store.applyChanges({ stream, prev: 3, cursor: 5, records: [record(first, 1, 4), record(second, 2, 5)] });
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 1, isWhole: true, lastSeq: 2, unread: 0 });
      expect(await texts()).toEqual(['one', 'two']);
    });

    it('[ST4] [VB5] drops messages below a first page, because they may have changed before it unnoticed', async () => {
      const [creation, first] = [create(stream), send(stream)];
      await begin(creation, first);
      await store.settle([accepted(creation, 3), accepted(first, 4, 1)]);
      expect(await store.message(stream, first.id)).toMatchObject({ seq: 1 });
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 51, 60))]));
      expect(await store.message(stream, first.id)).toBeUndefined();
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 51, isWhole: false, unread: 60 });
    });

    it('[ER2] a retryable refusal keeps the op queued; a final one makes it failed permanently', async () => {
      const op = send(stream);
      await begin(op);
      await store.settle([refused(op, 'unavailable')]);
      expect(await store.outbox()).toMatchObject([{ state: 'queued', error: { code: 'unavailable' } }]);
      await store.beginAttempt([op.id]);
      await store.settle([refused(op, 'forbidden')]);
      await store.settle([refused(op, 'unavailable')]);
      expect(await store.outbox()).toMatchObject([{ state: 'failed', error: { code: 'forbidden' } }]);
      expect(await store.beginAttempt([op.id])).toEqual([]);
      expect(await states()).toEqual([[op.id, 'failed']]);
      // The answer to the newest attempt counts.
      await hold(1, 2);
      await store.settle([accepted(op, 13, 3)]);
      expect(await states()).toEqual([]);
    });

    it('the last attempts to send an op are kept with their ends, also once its message is sent, of the newest messages', async () => {
      await hold(1, 1);
      const op = send(stream);
      await store.enqueue([op], at(1), true);
      const tries = async () => (await store.outbox())[0]?.tries;
      expect(await tries()).toEqual([{ at: at(1) }]);
      await store.requeue([op.id]);
      await store.beginAttempt([op.id], at(2));
      await store.settle([refused(op, 'unavailable')]);
      await store.beginAttempt([op.id], at(3));
      await store.requeue([op.id], 'rate_limited');
      // Whoever leads next does not know better how it ended.
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

      // One that needed a single attempt leaves nothing, and of many attempts the last ones are kept.
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
      await begin(op);
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

    it('[ST4] an accepted edit is shown until its record arrives, and never over a later one', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      const target = (await store.messages(stream, {}))[1] as { id: OpId };
      const edit: Op = { id: nextId(), stream, kind: 'message.edit', messageId: target.id, text: 'mine' };
      const again: Op = { ...edit, id: nextId(), text: 'mine again' };
      await begin(edit, again);
      await store.settle([accepted(edit, 20)]);
      expect((await store.messages(stream, {}))[1]).toMatchObject({ text: 'mine', editedAt: at(1), rev: 12 });
      const theirs = message(stream, 2, { id: target.id, rev: 22, text: 'later', editedAt: at(9) });
      await store.applyChanges({ stream, prev: 13, cursor: 22, records: [theirs] });
      await store.settle([accepted(again, 21)]);
      expect((await store.messages(stream, {}))[1]).toEqual(theirs);
      expect(await states()).toEqual([]);
    });

    it('[RC2] an accepted deletion is shown at once: the text is gone, the seq is kept, and the message is no longer unread', async () => {
      await hold(1, 3);
      const last = (await store.conversation(stream))?.lastMessage as { id: OpId };
      const op: Op = { id: nextId(), stream, kind: 'message.delete', messageId: last.id };
      await begin(op);
      await store.settle([accepted(op, 20)]);
      expect(await store.conversation(stream)).toMatchObject({
        unread: 2,
        lastMessage: { id: last.id, text: '', deletedAt: at(1) },
      });
      expect(await store.message(stream, last.id)).toMatchObject({ seq: 3, text: '' });
    });

    it('[AP8] a failed op is queued again under a new id in its old place, and references to it are updated', async () => {
      const [first, second] = [send(stream), send(stream)];
      const edit: Op = { id: nextId(), stream, kind: 'message.edit', messageId: first.id, text: 'x' };
      const reply = send(stream, { replyTo: first.id });
      await begin(first);
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
          // What came of the op that failed.
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
      await begin(op);
      await store.settle([
        { id: op.id, ok: false, error: { code: 'not_found', message: 'no such member', path: 'mentions.1' } },
      ]);
      await store.retry(op.id, nextId());
      expect((await store.outbox())[0]).toMatchObject({ state: 'queued', op: { mentions: ['bob', 'cy'] } });
    });

    it('[ER2] in a chat that could not be created, one retry includes the creation and everything that failed without it', async () => {
      const [creation, first, second] = [create(stream), send(stream), send(stream)];
      await begin(creation, first, second);
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
      await begin(creation, op);
      await store.saveDraft(stream, 'more', '');
      await store.settle([refused(creation, 'forbidden')]);
      await store.discard(creation.id);
      expect([await store.outbox(), await store.conversations(), (await store.draft(stream)).text]).toEqual([
        [],
        [],
        '',
      ]);

      stream = newGroup();
      const [again, kept] = [create(stream), send(stream)];
      await begin(again, kept);
      await hold(1, 2);
      await store.discard(again.id);
      expect(await states()).toEqual([[kept.id, 'sending']]);
    });

    it('[ER2] discarding a message discards its changes too', async () => {
      const [first, second] = [send(stream), send(stream)];
      const edit: Op = { id: nextId(), stream, kind: 'message.edit', messageId: first.id, text: 'x' };
      await store.enqueue([first, edit, second], at(1));
      await store.discard(first.id);
      expect(await states()).toEqual([[second.id, 'queued']]);
    });

    it('[AP6] answers for ops that are no longer here change nothing', async () => {
      await hold(1, 2);
      const before = [await store.conversations(), await store.messages(stream, {})];
      await store.settle([accepted(send(stream), 9, 9), refused(mark(stream, 2), 'forbidden')]);
      expect([await store.conversations(), await store.messages(stream, {})]).toEqual(before);
    });
  });
}
