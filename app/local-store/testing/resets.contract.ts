import { describe, expect, it } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
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
import { messages, newGroup, nextId, own, page, pulled, refused, send } from './records.fixture.ts';

/** What resets drop, and what they keep. */
export function describeResets(newDevice: () => TestDevice): void {
  describe('resets and epochs', () => {
    let store: LocalStore;
    let stream: ConversationId;
    forEveryTest(newDevice, (opened) => ({ store, stream } = opened));

    const unreadable = () => page(stream, 0, [], { reset: true });
    const joined = (more = {}) => page(own, 1, [membership(stream, more)]);

    it('[CL4] drops the stream and applies the page, in one write; queued ops stay', async () => {
      const [waiting, other] = [send(stream), newGroup()];
      await store.applyPage(
        pulled([joined(), bootstrap(stream, messages(stream, 1, 9)), bootstrap(other, messages(other, 1, 2))]),
      );
      await store.enqueue([waiting], at(1));
      await store.applyPage(pulled([{ ...bootstrap(stream, messages(stream, 4, 5), 8), reset: true }]));
      expect((await store.messages(stream, {})).map(({ seq }) => seq)).toEqual([4, 5]);
      expect(await store.conversation(stream)).toMatchObject({
        historyStart: 4,
        lastSeq: 5,
        unread: 5,
        window: 'first/8',
      });
      expect((await store.conversation(stream))?.membership).toEqual(membership(stream));
      expect(await store.cursors()).toEqual({ [own]: 1, [stream]: 8, [other]: 12 });
      expect((await store.outbox()).map(({ id, state }) => [id, state])).toEqual([[waiting.id, 'queued']]);
      expect(await store.messages(other, {})).toHaveLength(2);
    });

    it('[CL4] [VB6] readable messages stay after the person has left until they remove them, and a late page does not restore the membership', async () => {
      await store.applyPage(pulled([joined({ rev: 1 }), bootstrap(stream, messages(stream, 1, 3))]));
      const left = membership(stream, { rev: 2, leftAt: at(5), removedBy: bob });
      await store.applyPage(pulled([page(own, 2, [left]), unreadable()]));
      expect(await store.messages(stream, {})).toHaveLength(3);
      expect(await store.members(stream)).toHaveLength(2);
      expect(await store.cursors()).toEqual({ [own]: 2 });
      await store.applyPage(pulled([joined({ rev: 1 })]));
      expect((await store.conversation(stream))?.membership).toEqual(left);
      await store.saveDraft(stream, 'goodbye', '');
      await store.enqueue([send(stream)], at(9));
      await store.forgetLeft(stream);
      expect([await store.messages(stream, {}), await store.members(stream), await store.outbox()]).toEqual([
        [],
        [],
        [],
      ]);
      expect((await store.draft(stream)).text).toBe('');
      expect(await store.conversation(stream)).toMatchObject({ membership: left, lastSeq: 0 });
    });

    it('[CL4] [SM2] [GL4] removing a chat that the person has left removes its unfinished edits, and keeps what can still be sent', async () => {
      const other = newGroup();
      const left = membership(stream, { rev: 2, leftAt: at(5) });
      await store.applyPage(pulled([page(own, 2, [left]), bootstrap(other, messages(other, 1, 1))]));
      const edit = { id: nextId(), text: 'better', from: 'good' };
      await store.keepEdit({ ...edit, stream });
      await store.keepEdit({ ...edit, id: nextId(), stream: other });
      const cancel = (): OpOf<'scheduled.cancel'> => ({
        id: nextId(),
        stream,
        kind: 'scheduled.cancel',
        scheduledId: nextId(),
      });
      const [first, second, failed] = [cancel(), cancel(), cancel()];
      const join: OpOf<'member.join'> = { id: nextId(), stream, kind: 'member.join', token: 'x'.repeat(24) };
      await store.enqueue([first, failed, send(stream), second, join, mark(stream, 1)], at(6));
      await store.beginAttempt([first.id, failed.id]);
      await store.settle([refused(failed, 'not_found')]);
      await store.forgetLeft(stream);
      expect((await store.outbox()).map(({ id }) => id)).toEqual([first.id, second.id, join.id]);
      expect((await store.edits()).map((each) => each.stream)).toEqual([other]);
    });

    it('[CL4] what was readable before is fetched again when the person joins again', async () => {
      await store.applyPage(pulled([joined({ rev: 1 }), bootstrap(stream, messages(stream, 1, 3))]));
      const left = membership(stream, { rev: 2, leftAt: at(5) });
      await store.applyPage(pulled([page(own, 2, [left]), unreadable()]));
      await store.applyPage(pulled([page(own, 3, [membership(stream, { rev: 3, joinedAt: at(6) })])]));
      expect([await store.messages(stream, {}), await store.members(stream)]).toEqual([[], []]);
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 9, 9))]));
      expect(await store.messages(stream, {})).toHaveLength(1);
      expect(await store.conversation(stream)).toMatchObject({ record: { title: 'Crew' }, historyStart: 9 });
    });

    it('[CL4] [LV4] messages that were fetched since the person joined again stay when their membership arrives later', async () => {
      await store.applyPage(pulled([joined({ rev: 1 }), bootstrap(stream, messages(stream, 1, 3))]));
      await store.applyPage(pulled([page(own, 2, [membership(stream, { rev: 2, leftAt: at(5) })]), unreadable()]));
      const again = [conversation(stream), member(stream, ann, { rev: 7, joinedAt: at(6) }), member(stream, bob)];
      await store.applyPage(pulled([page(stream, 19, [...again, ...messages(stream, 9, 9)], { reset: true })]));
      const change = { stream: own, prev: 2, cursor: 3, records: [membership(stream, { rev: 3, joinedAt: at(6) })] };
      expect(await store.applyChanges(change)).toBe('applied');
      expect(await store.cursors()).toEqual({ [own]: 3, [stream]: 19 });
      expect((await store.messages(stream, {})).map(({ seq }) => seq)).toEqual([9]);
      expect(await store.members(stream)).toHaveLength(2);
    });

    it('[VB6] forgets a stream that the server does not know', async () => {
      await store.applyPage(pulled([unreadable()]));
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      await store.applyPage(pulled([unreadable()]));
      expect([await store.conversations(), await store.cursors()]).toEqual([[], {}]);
    });

    it('[CL4] [ER2] ops of a stream that is no longer readable stay, and their failure is shown', async () => {
      const op = send(stream);
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      await store.enqueue([op], at(1));
      await store.applyPage(pulled([unreadable()]));
      await store.beginAttempt([op.id]);
      await store.settle([refused(op, 'not_found')]);
      expect(await store.outbox(stream)).toMatchObject([{ id: op.id, state: 'failed', error: { code: 'not_found' } }]);
      expect(await store.conversations()).toMatchObject([{ stream, knownAs: 'Crew' }]);
      await store.discard(op.id);
      expect([await store.outbox(), await store.conversations()]).toEqual([[], []]);
    });

    it('[VB6] another epoch drops every stream; drafts, queued ops and chats created here stay', async () => {
      const [creation, op, begin] = [newGroup(), send(stream), newGroup()];
      await store.applyPage(pulled([joined({ readSeq: 3 }), bootstrap(stream, messages(stream, 1, 3))]));
      await store.enqueue([op, create(creation, { title: 'Trip' })], at(1));
      await store.saveDraft(begin, 'hello', '');
      const other = newGroup();
      await store.applyPage(pulled([bootstrap(other, messages(other, 1, 1))], 'second'));
      expect(await store.epoch()).toBe('second');
      expect(await store.cursors()).toEqual({ [other]: 11 });
      const rows = await store.conversations();
      expect(new Set(rows.map((row) => row.stream))).toEqual(new Set([stream, creation, other]));
      expect(await store.conversation(stream)).toEqual({
        stream,
        lastSeq: 0,
        historyStart: 0,
        isWhole: false,
        unread: 0,
        activityAt: at(3),
        knownAs: 'Crew',
      });
      expect((await store.conversation(creation))?.creation).toEqual({ title: 'Trip', memberIds: ['bob'] });
      expect((await store.outbox()).map(({ op: { kind } }) => kind)).toEqual(['message.send', 'conversation.create']);
      expect((await store.draft(begin)).text).toBe('hello');
    });

    it('[VB6] an answer of another epoch replaces everything, however many chats it has', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      const groups = Array.from({ length: 120 }, newGroup);
      const memberships = groups.map((group, nth) => membership(group, { rev: nth + 1 }));
      const all = [page(own, 120, memberships), ...groups.map((group) => bootstrap(group, messages(group, 1, 2)))];
      expect(await store.applyPage(pulled(all, 'second'), { epoch: 'first', cursors: { [stream]: 13 } })).toBe(true);
      expect(Object.keys(await store.cursors()).toSorted()).toEqual([own, ...groups].toSorted());
      expect(await store.conversations()).toHaveLength(120);
      expect(await store.messages(stream, {})).toEqual([]);
      expect(await store.check([own, ...groups])).toEqual([]);
    });

    it('[AP3] an op that was accepted in another epoch is sent again, because that epoch’s end may be lost', async () => {
      const op = send(stream);
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      await store.enqueue([op], at(1));
      await store.beginAttempt([op.id]);
      await store.settle([accepted(op, 20, 9)]);
      expect(await store.outbox()).toMatchObject([{ state: 'sent', seq: 9 }]);
      await store.applyPage(pulled([], 'second'));
      expect(await store.outbox()).toMatchObject([{ id: op.id, state: 'queued', attempts: 1 }]);
      expect(await store.beginAttempt([op.id])).toEqual([{ ...op, retry: true }]);
    });

    it('[ST4] ignores a page that was requested before a reset moved the cursor back, and an answer from another epoch', async () => {
      const asked = { epoch: 'first', cursors: { [stream]: 12 } };
      const later = pulled([page(stream, 14, messages(stream, 3, 4))]);
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 2), 12)]), { cursors: {} });
      await store.applyPage(pulled([{ ...bootstrap(stream, messages(stream, 1, 1), 11), reset: true }]), asked);
      await store.applyPage(later, asked);
      expect([await store.cursors(), (await store.messages(stream, {})).length]).toEqual([{ [stream]: 11 }, 1]);
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 1), 11)], 'second'), {
        epoch: 'first',
        cursors: {},
      });
      await store.applyPage(later, asked);
      expect([await store.epoch(), await store.cursors()]).toEqual(['second', { [stream]: 11 }]);
      await store.applyPage({ ...later, epoch: 'second' }, { epoch: 'second', cursors: { [stream]: 11 } });
      expect(await store.cursors()).toEqual({ [stream]: 14 });
    });

    it('[CL4] a reset of the personal stream drops the memberships and their marks, and nothing else', async () => {
      await store.applyPage(pulled([joined({ readSeq: 3, rev: 5 }), bootstrap(stream, messages(stream, 1, 3))]));
      expect((await store.conversation(stream))?.unread).toBe(0);
      await store.applyPage(pulled([page(own, 4, [], { reset: true, more: true })]));
      expect(await store.conversation(stream)).toMatchObject({ unread: 3, lastSeq: 3 });
      await store.applyPage(pulled([page(own, 4, [membership(stream, { rev: 4, readSeq: 2 })])]));
      expect(await store.conversation(stream)).toMatchObject({ unread: 1, membership: { readSeq: 2 } });
      await store.enqueue([mark(stream, 3)], at(1));
      expect((await store.conversation(stream))?.unread).toBe(0);
    });
  });
}
