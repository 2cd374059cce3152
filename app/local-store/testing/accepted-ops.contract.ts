import { describe, expect, it } from 'vitest';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { LocalStore, OutboxRow } from '#app/local-store/local-store.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';
import { accepted, ann, at, bob, bootstrap, conversation, create, member, membership } from './records.fixture.ts';
import { message, messages, nextId, own, page, pulled, refused, send } from './records.fixture.ts';
import type { actsOn } from './acts.fixture.ts';

/** What an op shows from its acceptance until its record arrives. */
export function describeAcceptedOps(newDevice: () => TestDevice): void {
  describe('accepted ops', () => {
    let store: LocalStore;
    let stream: ConversationId;
    let acts: ReturnType<typeof actsOn>;
    forEveryTest(newDevice, (opened) => ({ store, stream, acts } = opened));

    const texts = async () => (await store.messages(stream, {})).map(({ text }) => text);
    const record = (op: ReturnType<typeof send>, seq: number, rev: number, more = {}) =>
      message(stream, seq, { id: op.id, senderId: ann, rev, text: op.text ?? '', ...more });

    it('[AP3] an accepted message is shown at its seq until its record arrives', async () => {
      const op = send(stream, { text: 'mine', replyTo: nextId(), mentions: [bob] });
      await acts.hold(1, 2);
      await acts.begin(op);
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
      await acts.hold(1, 2);
      await acts.begin(op);
      const held = record(op, 3, 13);
      await store.applyChanges({ stream, prev: 12, cursor: 13, records: [held] });
      expect(await store.outbox()).toEqual([]);
      await store.settle([accepted(op, 13, 3)]);
      expect(await store.messages(stream, { fromSeq: 3 })).toEqual([held]);
    });

    it('[AP2] a message that is accepted before earlier ones have arrived stays visible, is not sent again, and is removed with its record', async () => {
      const [op, next] = [send(stream, { text: 'mine' }), send(stream)];
      await acts.hold(1, 2);
      await acts.begin(op);
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
      expect(await acts.states()).toEqual([
        [op.id, 'sent'],
        [next.id, 'queued'],
      ]);
      await store.applyPage(pulled([page(stream, 19, messages(stream, 3, 8))]));
      expect(await acts.states()).toEqual([
        [op.id, 'sent'],
        [next.id, 'queued'],
      ]);
      await store.applyPage(pulled([page(stream, 20, [record(op, 9, 20)])]));
      expect(await acts.states()).toEqual([[next.id, 'queued']]);
      expect((await texts()).at(-1)).toBe('mine');
    });

    it('[AP2] a message that was accepted in an earlier epoch is sent again once its record should have arrived', async () => {
      const op = send(stream);
      await acts.hold(1, 2);
      await acts.begin(op);
      await store.settle([accepted(op, 20, 9)]);
      await store.requeue();
      expect(await acts.states()).toEqual([[op.id, 'sent']]);
      await store.applyPage(pulled([page(stream, 20, messages(stream, 3, 4))]));
      await store.requeue();
      const { seq: _seq, rev: _rev, ...row } = (await store.outbox())[0] as OutboxRow;
      expect([row.state, row.attempts, _seq, _rev]).toEqual(['queued', 1, undefined, undefined]);
    });

    it('[AP2] a message that is accepted below the window is removed from the outbox: history has it', async () => {
      const [early, late] = [send(stream), send(stream)];
      await acts.hold(1, 2);
      await acts.begin(early, late);
      await store.settle([accepted(early, 20, 9)]);
      await store.applyPage(pulled([{ ...bootstrap(stream, messages(stream, 51, 60)), reset: true }]));
      expect(await acts.states()).toEqual([[late.id, 'sending']]);
      await store.settle([accepted(late, 70, 40)]);
      expect(await acts.states()).toEqual([]);
      expect((await store.messages(stream, {}))[0]?.seq).toBe(51);
    });

    it('[AP2] a message that is accepted after the person has left the group does not wait for its record', async () => {
      const [early, late] = [send(stream), send(stream)];
      await acts.hold(1, 2);
      await acts.begin(early, late);
      await store.settle([accepted(early, 20, 9)]);
      await store.applyPage(pulled([page(own, 2, [membership(stream, { rev: 2, leftAt: at(9) })])]));
      await store.settle([accepted(late, 21, 10)]);
      expect(await acts.states()).toEqual([]);
    });

    it('[RC1] an accepted forward, or a message with files, keeps its op until the server has described it', async () => {
      const op = send(stream, { attachments: [{ mediaId: 'm' as never }] });
      await acts.hold(1, 2);
      await acts.begin(op);
      await store.settle([accepted(op, 13, 3)]);
      expect(await acts.states()).toEqual([[op.id, 'sent']]);
      await store.applyChanges({ stream, prev: 12, cursor: 13, records: [record(op, 3, 13)] });
      expect(await acts.states()).toEqual([]);
    });

    it('[OP9] a chat that is created here and already exists on the server has no message at a wrong seq', async () => {
      const [creation, op] = [create(stream), send(stream, { text: 'mine' })];
      await acts.begin(creation, op);
      await store.settle([accepted(creation, 3), accepted(op, 520, 501)]);
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 0, creation: { memberIds: [bob] } });
      expect(await acts.states()).toEqual([[op.id, 'sent']]);
      await store.applyPage(pulled([bootstrap(stream, [...messages(stream, 452, 500), record(op, 501, 520)], 520)]));
      expect(await acts.states()).toEqual([]);
      const row = await store.conversation(stream);
      expect(row).toMatchObject({ historyStart: 452, isWhole: false, lastSeq: 501 });
      expect(row?.creation).toBeUndefined();
    });

    it('[OP10] a group that is created here holds its messages from the first on, whatever arrives first', async () => {
      const [creation, first, second] = [create(stream), send(stream, { text: 'one' }), send(stream, { text: 'two' })];
      await acts.begin(creation, first, second);
      await store.settle([accepted(creation, 3), accepted(first, 4, 1), accepted(second, 5, 2)]);
      expect([await texts(), await acts.states()]).toEqual([['one', 'two'], []]);
      const frame = [conversation(stream, { title: 'Crew' }), member(stream, ann), member(stream, bob)];
      // A page from before the messages.
      await store.applyPage(pulled([page(stream, 3, frame)]));
      expect([await texts(), (await store.conversation(stream))?.isWhole]).toEqual([['one', 'two'], true]);
      await store.applyChanges({ stream, prev: 3, cursor: 5, records: [record(first, 1, 4), record(second, 2, 5)] });
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 1, isWhole: true, lastSeq: 2, unread: 0 });
      expect(await texts()).toEqual(['one', 'two']);
    });

    it('[OP10] a group that is created here keeps what was sent to it while its bootstrap arrives in several pages', async () => {
      const [creation, first] = [create(stream), send(stream)];
      await acts.begin(creation, first);
      await store.settle([accepted(creation, 3), accepted(first, 4, 1)]);
      await store.applyPage(pulled([page(stream, 3, bootstrap(stream, []).records, { more: true })]));
      expect(await store.message(stream, first.id)).toMatchObject({ seq: 1 });
    });

    it('[ST4] [VB5] drops messages below a first page, because they may have changed before it unnoticed', async () => {
      const [creation, first] = [create(stream), send(stream)];
      await acts.begin(creation, first);
      await store.settle([accepted(creation, 3), accepted(first, 4, 1)]);
      expect(await store.message(stream, first.id)).toMatchObject({ seq: 1 });
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 51, 60))]));
      expect(await store.message(stream, first.id)).toBeUndefined();
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 51, isWhole: false, unread: 60 });
    });

    it('[ST4] an accepted edit is shown until its record arrives, and never over a later one', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      const target = (await store.messages(stream, {}))[1] as { id: OpId };
      const edit: Op = { id: nextId(), stream, kind: 'message.edit', messageId: target.id, text: 'mine' };
      const again: Op = { ...edit, id: nextId(), text: 'mine again' };
      await acts.begin(edit, again);
      await store.settle([accepted(edit, 20)]);
      expect((await store.messages(stream, {}))[1]).toMatchObject({ text: 'mine', editedAt: at(1), rev: 12 });
      const theirs = message(stream, 2, { id: target.id, rev: 22, text: 'later', editedAt: at(9) });
      await store.applyChanges({ stream, prev: 13, cursor: 22, records: [theirs] });
      await store.settle([accepted(again, 21)]);
      expect((await store.messages(stream, {}))[1]).toEqual(theirs);
      expect(await acts.states()).toEqual([]);
    });

    it('[RC2] an accepted deletion is shown at once: the text is gone, the seq is kept, and the message is no longer unread', async () => {
      await acts.hold(1, 3);
      const last = (await store.conversation(stream))?.lastMessage as { id: OpId };
      const op: Op = { id: nextId(), stream, kind: 'message.delete', messageId: last.id };
      await acts.begin(op);
      await store.settle([accepted(op, 20)]);
      expect(await store.conversation(stream)).toMatchObject({
        unread: 2,
        lastMessage: { id: last.id, text: '', deletedAt: at(1) },
      });
      expect(await store.message(stream, last.id)).toMatchObject({ seq: 3, text: '' });
    });
  });
}
