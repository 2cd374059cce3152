import { describe, expect, it } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { HistoryAsked, LocalStore } from '#app/local-store/local-store.ts';
import { ann, at, bob, bootstrap, conversation, member, membership, message, messages } from './records.fixture.ts';
import { own, page, pulled } from './records.fixture.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';

/** Messages that are held below the newest window, with gaps between. */
export function describeRuns(newDevice: () => TestDevice): void {
  describe('runs below the newest window', () => {
    let store: LocalStore;
    let stream: ConversationId;
    forEveryTest(newDevice, (opened) => ({ store, stream } = opened));

    const row = async () => store.conversation(stream);
    const seqs = async () => (await store.messages(stream, {})).map(({ seq }) => seq);
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
    async function place(asked: Omit<HistoryAsked, 'window'>, records: MessageRecord[], more = true): Promise<void> {
      await store.applyHistory({ ...asked, window: (await row())?.window }, { stream, records, more });
    }
    const around = (from: number, to: number, more = true) =>
      place({ around: { seq: from } }, messages(stream, from, to), more);
    /** Holds 91 to 100; nothing is read. */
    const begin = () =>
      store.applyPage(pulled([page(own, 1, [membership(stream)]), bootstrap(stream, messages(stream, 91, 100))]));

    it('[CL20] messages far below the window are held separately, and reads skip the gaps', async () => {
      await begin();
      await around(40, 45);
      await around(20, 22);
      expect(await row()).toMatchObject({ older: [20, 22, 40, 45], historyStart: 91, isWhole: false, unread: 100 });
      expect(await seqs()).toEqual([20, 21, 22, ...range(40, 45), ...range(91, 100)]);
      const read = async (bounds: object) => (await store.messages(stream, bounds)).map(({ seq }) => seq);
      expect(await read({ limit: 12 })).toEqual([44, 45, ...range(91, 100)]);
      expect(await read({ fromSeq: 22, toSeq: 41 })).toEqual([22, 40, 41]);
      expect(await read({ fromSeq: 23, toSeq: 39 })).toEqual([]);
      expect(await store.check([stream, own])).toEqual([]);
    });

    it('[CL20] runs that touch become one, from either side and in any order', async () => {
      await begin();
      await around(40, 45);
      await place({ after: 45 }, messages(stream, 46, 50));
      expect((await row())?.older).toEqual([40, 50]);
      await around(60, 70);
      await place({ before: 60 }, messages(stream, 51, 59));
      expect((await row())?.older).toEqual([40, 70]);
      await around(38, 72);
      expect((await row())?.older).toEqual([38, 72]);
      expect(await seqs()).toEqual([...range(38, 72), ...range(91, 100)]);
      await place({ before: 91 }, messages(stream, 73, 90));
      expect(await row()).toMatchObject({ historyStart: 38, isWhole: false });
      expect(await row()).not.toHaveProperty('older');
      expect(await store.check([stream, own])).toEqual([]);
    });

    it('[CL20] [RD4] [RD5] messages count as unread once the window reaches them, and mentions as soon as they are held', async () => {
      await begin();
      await store.applyPage(pulled([page(own, 2, [membership(stream, { rev: 2, readSeq: 41 })])]));
      const run = messages(stream, 40, 45).map((each) => (each.seq === 43 ? { ...each, mentions: [ann] } : each));
      await place({ around: { seq: 42 } }, run);
      expect(await row()).toMatchObject({ unread: 59, mentioned: [43] });
      const deleted = message(stream, 44, { rev: 200, deletedAt: at(9), text: '' });
      await store.applyChanges({ stream, prev: 110, cursor: 200, records: [deleted] });
      expect((await store.messages(stream, { fromSeq: 44, toSeq: 44 }))[0]).toEqual(deleted);
      await place({ before: 91 }, messages(stream, 46, 90));
      // Messages 42 to 100 without the deleted one.
      expect(await row()).toMatchObject({ historyStart: 40, unread: 58, mentioned: [43] });
      expect(await store.check([stream, own])).toEqual([]);
    });

    it('[CL20] the whole conversation is held once the window reaches a run at its beginning', async () => {
      await begin();
      await around(1, 9, false);
      expect(await row()).toMatchObject({ older: [1, 9], isWhole: false });
      await place({ before: 91 }, messages(stream, 10, 90));
      expect(await row()).toMatchObject({ historyStart: 1, isWhole: true, unread: 100 });
    });

    it('[CL20] [RC3] the beginning is the first message that the person may read', async () => {
      const records = [conversation(stream), member(stream, ann, { fromSeq: 5 }), member(stream, bob)];
      await store.applyPage(
        pulled([page(own, 1, [membership(stream)]), page(stream, 110, [...records, ...messages(stream, 91, 100)])]),
      );
      await around(5, 9, false);
      await place({ before: 91 }, messages(stream, 10, 90));
      expect(await row()).toMatchObject({ historyStart: 5, isWhole: true });
    });

    it('[ST4] a message that changes in a gap is kept for the answer that fills it, and shown only then', async () => {
      await begin();
      await around(40, 45);
      const edited = message(stream, 50, { rev: 200, text: 'edited' });
      await store.applyChanges({ stream, prev: 110, cursor: 200, records: [edited] });
      expect(await seqs()).toEqual([...range(40, 45), ...range(91, 100)]);
      await place({ after: 45 }, messages(stream, 46, 55));
      expect((await store.messages(stream, { fromSeq: 50, toSeq: 50 }))[0]).toEqual(edited);
    });

    it('[CL20] an answer with a gap, and one that a reset has overtaken, make no run', async () => {
      await begin();
      await place({ around: { seq: 40 } }, [...messages(stream, 40, 42), ...messages(stream, 44, 45)]);
      expect(await row()).not.toHaveProperty('older');
      const window = (await row())?.window;
      await store.applyPage(pulled([{ ...bootstrap(stream, messages(stream, 91, 101), 150), reset: true }]));
      await store.applyHistory(
        { around: { seq: 40 }, window },
        { stream, records: messages(stream, 40, 45), more: true },
      );
      expect(await seqs()).toEqual(range(91, 101));
    });

    it('[CL4] [CL20] a reset drops the runs with the rest', async () => {
      await begin();
      await around(40, 45);
      await store.applyPage(pulled([{ ...bootstrap(stream, messages(stream, 91, 101), 150), reset: true }]));
      expect(await row()).not.toHaveProperty('older');
      expect(await seqs()).toEqual(range(91, 101));
      expect(await store.check([stream, own])).toEqual([]);
    });

    it('an answer that arrives before the newest messages does not start the window', async () => {
      const lead = [conversation(stream), member(stream, ann), member(stream, bob)];
      await store.applyPage(pulled([page(own, 1, [membership(stream)]), page(stream, 3, lead, { more: true })]));
      await around(40, 45);
      await store.applyPage(pulled([page(stream, 110, messages(stream, 91, 100))]));
      expect(await seqs()).toEqual(range(91, 100));
      expect(await row()).not.toHaveProperty('older');
    });
  });
}
