import { describe, expect, it } from 'vitest';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';
import { ann, at, bob, bootstrap, conversation, member, membership, message, messages } from './records.fixture.ts';
import { newGroup, own, page, pulled } from './records.fixture.ts';

/** Pages, live changes and history, in any mix. */
export function describePages(newDevice: () => TestDevice): void {
  describe('pages, changes, history', () => {
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

    let device: TestDevice;
    let store: LocalStore;
    let stream: ConversationId;
    forEveryTest(newDevice, (opened) => ({ device, store, stream } = opened));

    const seqs = async () => (await store.messages(stream, {})).map(({ seq }) => seq);
    const history = async (before: number, answer: ReturnType<typeof run>) =>
      store.applyHistory({ before, window: (await store.conversation(stream))?.window }, answer);
    const run = (records: MessageRecord[], more: boolean) => ({ stream, records, more });

    it('[CL3] [VB5] applies a bootstrap and its cursor in one write', async () => {
      const held = messages(stream, 51, 100);
      await store.applyPage(pulled([page(own, 1, [membership(stream)]), bootstrap(stream, held)]));
      expect(await store.cursors()).toEqual({ [own]: 1, [stream]: 110 });
      expect(await store.epoch()).toBe('first');
      expect(await store.messages(stream, {})).toEqual(held);
      expect(await store.members(stream)).toEqual([member(stream, ann), member(stream, bob)]);
      expect(await store.conversation(stream)).toEqual({
        stream,
        record: conversation(stream),
        membership: membership(stream),
        lastMessage: held.at(-1),
        lastSeq: 100,
        historyStart: 51,
        isWhole: false,
        window: 'first/110',
        unread: 100,
        activityAt: at(100),
      });
      expect(await store.messages(stream, { limit: 2 })).toEqual(held.slice(-2));
      expect(await store.messages(stream, { fromSeq: 99 })).toEqual(held.slice(-2));
      expect(await store.people([ann, bob])).toEqual(new Map([ann, bob].map((id) => [id, { id, name: id }])));
    });

    it('[CL3] [VB5] keeps each page of a bootstrap that comes in several, and its messages form one window without a gap', async () => {
      const [, , , ...members] = Array.from({ length: 30 }, (_, at) =>
        member(stream, `user${at}` as UserId, { rev: at + 1 }),
      );
      const lead = [conversation(stream, { rev: 95 }), member(stream, ann, { rev: 2 })];
      await store.applyPage(pulled([page(stream, 20, [...members.slice(0, 17), ...lead], { more: true })]));
      expect(await store.cursors()).toEqual({ [stream]: 20 });
      expect(await store.members(stream)).toHaveLength(18);
      expect(await store.conversation(stream)).toMatchObject({
        record: { title: 'Crew' },
        isWhole: false,
        historyStart: 0,
        window: 'first/95',
      });
      const asked = { epoch: 'first', cursors: { [stream]: 20 } };
      await store.applyPage(pulled([page(stream, 30, members.slice(17), { more: true })]), asked);
      expect(await store.members(stream)).toHaveLength(28);
      // Message 53 has changed, so it comes with a later page, as does one from before the window.
      const [first, second] = [messages(stream, 51, 60), messages(stream, 61, 80)];
      const changed = message(stream, 53, { rev: 92, text: 'changed' });
      const old = message(stream, 7, { rev: 93, text: 'changed, and old' });
      const before = first.filter(({ seq }) => seq !== 53);
      await store.applyPage(pulled([page(stream, 70, before, { more: true })]), {
        epoch: 'first',
        cursors: { [stream]: 30 },
      });
      await store.applyPage(
        pulled([page(stream, 95, [...second, changed, old, conversation(stream, { rev: 95 })], { more: false })]),
        { epoch: 'first', cursors: { [stream]: 70 } },
      );
      expect(await store.cursors()).toEqual({ [stream]: 95 });
      // Messages before a gap are not shown until history reaches them.
      expect(await seqs()).toEqual(range(54, 80));
      expect(await store.conversation(stream)).toMatchObject({ isWhole: false, historyStart: 54, lastSeq: 80 });
      await history(54, run([...messages(stream, 48, 52), changed], true));
      expect(await seqs()).toEqual(range(48, 80));
    });

    it('[VB5] a bootstrap in several pages that brings every message is whole', async () => {
      await store.applyPage(pulled([page(stream, 3, bootstrap(stream, []).records, { more: true })]));
      await store.applyPage(pulled([page(stream, 12, messages(stream, 1, 2), { more: false })]));
      expect(await store.conversation(stream)).toMatchObject({ isWhole: true, historyStart: 1, unread: 2 });
    });

    it('[LV4] applies changes that follow the cursor, ignores ones below it, and reports a gap as `behind`', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      const next = { stream, prev: 13, cursor: 14, records: [message(stream, 4)] };
      expect(await store.applyChanges({ ...next, prev: 14, cursor: 15 })).toBe('behind');
      expect(await store.applyChanges(next)).toBe('applied');
      expect(await store.applyChanges(next)).toBe('ignored');
      expect(await store.applyChanges({ ...next, prev: 12, cursor: 15, records: [message(stream, 5)] })).toBe(
        'applied',
      );
      expect(await seqs()).toEqual([1, 2, 3, 4, 5]);
      expect(await store.cursors()).toEqual({ [stream]: 15 });
    });

    it('[LV4] starts a new conversation with its first changes, and no stream in the middle', async () => {
      const first = [conversation(stream), member(stream, ann), message(stream, 1)];
      expect(await store.applyChanges({ stream, prev: 0, cursor: 11, records: first })).toBe('applied');
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 1, isWhole: true, lastSeq: 1 });
      expect(await store.applyChanges({ stream: newGroup(), prev: 5, cursor: 6, records: [] })).toBe('behind');
      expect(await store.applyChanges({ stream: own, prev: 5, cursor: 6, records: [] })).toBe('behind');
      expect(await store.applyChanges({ stream: own, prev: 0, cursor: 1, records: [membership(stream)] })).toBe(
        'applied',
      );
    });

    it('[LV4] [ST4] keeps the higher of two revs, in whichever order they arrive', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      const edited = message(stream, 2, { rev: 30, text: 'new', editedAt: at(9) });
      await store.applyChanges({ stream, prev: 13, cursor: 30, records: [edited] });
      await store.applyPage(
        pulled([page(stream, 20, [message(stream, 2), conversation(stream, { rev: 1, title: 'Old' })])]),
      );
      await history(4, run(messages(stream, 1, 3), false));
      expect(await store.messages(stream, { fromSeq: 2, limit: 2 })).toMatchObject([edited, { seq: 3 }]);
      expect((await store.conversation(stream))?.record?.title).toBe('Crew');
      expect(await store.cursors()).toEqual({ [stream]: 30 });
    });

    it('[ST4] keeps the change of a message that history has not reached, even if the history answer is older', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 51, 60), 70)]));
      const deleted = message(stream, 40, { rev: 71, text: '', deletedAt: at(99) });
      await store.applyChanges({ stream, prev: 70, cursor: 71, records: [deleted] });
      expect(await seqs()).toEqual(range(51, 60));
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 51, lastSeq: 60 });
      await history(51, run(messages(stream, 31, 50), true));
      expect(await seqs()).toEqual(range(31, 60));
      expect((await store.messages(stream, { fromSeq: 40 }))[0]).toEqual(deleted);
    });

    it('[ST4] ignores history that was requested before the window was reset, because later changes would be lost', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 51, 60), 70)]));
      const window = (await store.conversation(stream))?.window;
      await store.applyPage(pulled([{ ...bootstrap(stream, messages(stream, 51, 60), 90), reset: true }]));
      await store.applyHistory({ before: 51, window }, run(messages(stream, 41, 50), true));
      expect(await seqs()).toEqual(range(51, 60));
      const again = (await store.conversation(stream))?.window;
      await store.applyHistory({ before: 51, window: again }, run(messages(stream, 41, 50), true));
      expect(await seqs()).toEqual(range(41, 60));
    });

    it('[ST4] drops history that was asked for below a window which a reset has moved up since', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 51, 100))]));
      const window = (await store.conversation(stream))?.window;
      await store.applyPage(pulled([{ ...bootstrap(stream, messages(stream, 951, 1000)), reset: true }]));
      await store.applyHistory({ before: 51, window }, run(messages(stream, 1, 50), false));
      expect(await seqs()).toEqual(range(951, 1000));
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 951, isWhole: false });
    });

    it('[VB8] goes back through history until the last answer says that the start is reached', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 5, 6))]));
      await history(5, run(messages(stream, 3, 4), true));
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 3, isWhole: false });
      // Two tabs request the same page: the second answer changes nothing.
      await history(5, run(messages(stream, 3, 4), true));
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 3, isWhole: false });
      await history(3, run(messages(stream, 1, 2), false));
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 1, isWhole: true });
      await history(1, run([], false));
      expect(await seqs()).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('[VB8] an empty answer means that the start is reached, if it was requested from the window’s start', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 5, 6))]));
      await history(3, run([], false));
      expect(await store.conversation(stream)).toMatchObject({ isWhole: false });
      await history(5, run([], false));
      expect(await store.conversation(stream)).toMatchObject({ isWhole: true });
    });

    it('[ST4] accepts a first message that arrives after its neighbours, because it has changed meanwhile', async () => {
      await store.applyPage(pulled([page(stream, 3, [conversation(stream), member(stream, ann)])]));
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 0, isWhole: true, lastSeq: 0, unread: 0 });
      await store.applyPage(pulled([page(stream, 14, messages(stream, 2, 4), { more: true })]));
      await store.applyPage(pulled([page(stream, 20, [message(stream, 1, { rev: 20, editedAt: at(9) })])]));
      expect(await seqs()).toEqual([1, 2, 3, 4]);
      expect(await store.conversation(stream)).toMatchObject({ historyStart: 1, isWhole: true, unread: 4 });
    });

    it('[ask 12] applies thousands of missed messages page by page, each once', async () => {
      await store.applyPage(
        pulled([page(own, 1, [membership(stream, { readSeq: 10 })]), bootstrap(stream, messages(stream, 1, 10))]),
      );
      for (let from = 11; from <= 3_010; from += 500) {
        const records = messages(stream, from, from + 499);
        await store.applyPage(pulled([page(stream, 10 + from + 499, records, { more: from < 2_511 })]));
      }
      expect(await seqs()).toEqual(range(1, 3_010));
      expect(await store.conversation(stream)).toMatchObject({ unread: 3_000, lastSeq: 3_010 });
    });

    it('[SH5] ignores unknown record types, and moves the cursor past them', async () => {
      const poll = { type: 'poll', stream, id: 'p', rev: 14 };
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
      expect(await store.applyChanges({ stream, prev: 13, cursor: 14, records: [poll] })).toBe('applied');
      expect(await store.cursors()).toEqual({ [stream]: 14 });
      expect(await seqs()).toEqual([1, 2, 3]);
    });

    it('[RC5] names people by their newest record, and not by the record of a membership that has ended', async () => {
      const other = newGroup();
      await store.applyPage(pulled([bootstrap(stream, [])]));
      await store.applyChanges({
        stream,
        prev: 10,
        cursor: 11,
        records: [member(stream, bob, { rev: 11, name: 'Robert' })],
      });
      const left = member(other, bob, { rev: 3, leftAt: at(1) });
      await store.applyPage(pulled([page(other, 3, [conversation(other), left])]));
      expect(await store.people([bob])).toEqual(new Map([[bob, { id: bob, name: 'Robert' }]]));
      await store.rememberPeople([{ id: bob, name: 'Rob' }]);
      expect(await store.knownPeople()).toEqual([{ id: bob, name: 'Rob' }]);
    });

    it('[ST4] ends in the same state after any order, loss and duplication of the same changes', async () => {
      const edited = message(stream, 2, { rev: 15, text: 'new', editedAt: at(9) });
      const steps = [
        { stream, prev: 11, cursor: 12, records: [message(stream, 2, { id: edited.id, text: 'old' })] },
        { stream, prev: 12, cursor: 13, records: [message(stream, 3)] },
        { stream, prev: 13, cursor: 14, records: [message(stream, 4, { rev: 14, deletedAt: at(8), text: '' })] },
        { stream, prev: 14, cursor: 15, records: [edited] },
      ];
      const rest = steps.slice(1).flatMap((step) => step.records);
      const [a, b, c, d] = steps as [(typeof steps)[0], (typeof steps)[0], (typeof steps)[0], (typeof steps)[0]];
      const orders = [[a, b, c, d], [d, c, b, a], [a, a, c, d, b], [b, a, d, c, a], []];
      const states: unknown[] = [];
      for (const order of orders) {
        const single = newDevice();
        const one = await single.tab();
        await one.applyPage(pulled([bootstrap(stream, [message(stream, 1, { id: edited.id })])]));
        for (const step of order) await one.applyChanges(step);
        // The pull that follows `behind`.
        await one.applyPage(pulled([page(stream, 15, rest)]));
        for (const step of order) await one.applyChanges(step);
        states.push([await one.messages(stream, { fromSeq: 2 }), await one.conversation(stream), await one.cursors()]);
        await single.close();
      }
      const [first] = states as [[MessageRecord[], { lastMessage: MessageRecord }, object]];
      expect(first[0].map(({ rev }) => rev)).toEqual([15, 13, 14]);
      for (const state of states) expect(state).toMatchObject([first[0], { unread: 3, lastSeq: 4 }, first[2]]);
    });

    it('[CL3] notifies observers of a change in every tab', async () => {
      const second = await device.tab();
      const seen: number[] = [];
      const [isSeen, stop] = await new Promise<[number, () => void]>((resolve, reject) => {
        const end = second.observe(
          // Two reads, as in a view.
          async () => {
            const row = await second.conversation(stream);
            return row === undefined ? 0 : (await second.messages(stream, {})).length;
          },
          (count) => {
            seen.push(count);
            if (seen.length === 1) void store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 3))]));
            if (count === 3) resolve([count, end]);
          },
          reject,
        );
      });
      stop();
      expect([seen[0], isSeen]).toEqual([0, 3]);
    });
  });
}
