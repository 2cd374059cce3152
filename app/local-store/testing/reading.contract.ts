import { describe, expect, it } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import type { HistoryAnswer } from '#protocol/verbs.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';
import { accepted, ann, at, bootstrap, mark, membership, message, messages } from './records.fixture.ts';
import { own, page, pulled, refused } from './records.fixture.ts';

/** Read marks and the unread count. */
export function describeReading(newDevice: () => TestDevice): void {
  describe('reading', () => {
    let store: LocalStore;
    let stream: ConversationId;
    forEveryTest(newDevice, (opened) => ({ store, stream } = opened));

    const unread = async () => (await store.conversation(stream))?.unread;
    const history = async (before: number, answer: HistoryAnswer) =>
      store.applyHistory({ before, window: (await store.conversation(stream))?.window }, answer);
    const joined = (readSeq: number, rev = 1) => page(own, rev, [membership(stream, { readSeq, rev })]);
    const change = (...records: ReturnType<typeof message>[]) => {
      const cursor = Math.max(...records.map(({ rev }) => rev));
      return store.applyChanges({ stream, prev: 1, cursor, records });
    };

    it('[RD4] counts other people’s messages after the mark, and no own, system or deleted ones', async () => {
      const records = [
        ...messages(stream, 1, 4),
        message(stream, 5, { senderId: ann }),
        message(stream, 6, { event: { kind: 'member.add', by: ann } }),
        message(stream, 7, { deletedAt: at(9), text: '' }),
      ];
      await store.applyPage(pulled([joined(2), bootstrap(stream, records)]));
      expect(await unread()).toBe(2);
      await change(message(stream, 8));
      expect(await unread()).toBe(3);
      await change(message(stream, 9, { senderId: ann }));
      expect(await unread()).toBe(3);
    });

    it('reports a change of what the list shows once its write is durable', async () => {
      const seen: Promise<string | undefined>[] = [];
      const stop = store.onListChange(() =>
        seen.push(store.snapshot(async (reading) => (await reading.draft(stream)).text)),
      );
      await store.saveDraft(stream, 'Hello', '');
      await expect.poll(() => seen.length).toBeGreaterThan(0);
      expect(await seen.at(-1)).toBe('Hello');
      const before = seen.length;
      await store.applyPage(pulled([joined(2), bootstrap(stream, messages(stream, 1, 4))]));
      await expect.poll(() => seen.length).toBeGreaterThan(before);
      const all = seen.length;
      stop();
      await store.saveDraft(stream, 'Hello again', 'Hello');
      expect(seen.length).toBe(all);
    });

    it('[RD4] a deletion subtracts one, an edit changes nothing, and both are counted once', async () => {
      await store.applyPage(pulled([joined(1), bootstrap(stream, messages(stream, 1, 4))]));
      await change(
        message(stream, 3, { rev: 20, deletedAt: at(9), text: '' }),
        message(stream, 4, { rev: 21, editedAt: at(9) }),
      );
      await change(
        message(stream, 3, { rev: 22, deletedAt: at(9), text: '' }),
        message(stream, 1, { rev: 23, deletedAt: at(9) }),
      );
      expect(await unread()).toBe(2);
    });

    it('[RD5] keeps the unread mentions, in whichever order messages and marks arrive', async () => {
      const mention = (seq: number, more: Parameters<typeof message>[2] = {}) =>
        message(stream, seq, { mentions: [ann], ...more });
      const mentioned = async () => (await store.conversation(stream))?.mentioned;
      await store.applyPage(pulled([joined(2), bootstrap(stream, messages(stream, 3, 6))]));
      expect(await mentioned()).toBeUndefined();
      await change(mention(7), message(stream, 8), mention(9, { senderId: ann }), mention(10), mention(11));
      expect(await mentioned()).toEqual([7, 10, 11]);
      await change(message(stream, 10, { rev: 30, deletedAt: at(9), text: '' }));
      expect(await mentioned()).toEqual([7, 11]);
      // Edits add and remove mentions.
      await change(mention(8, { rev: 31 }), message(stream, 11, { rev: 32 }));
      expect(await mentioned()).toEqual([7, 8]);
      await change(message(stream, 8, { rev: 33 }), mention(11, { rev: 34 }));
      expect(await mentioned()).toEqual([7, 11]);
      await history(3, { stream, records: [mention(1), mention(2)], more: false });
      expect(await mentioned()).toEqual([7, 11]);
      await store.applyPage(pulled([joined(8, 2)]));
      expect(await mentioned()).toEqual([11]);
      // The server's new epoch has fewer messages.
      await store.applyPage(pulled([{ ...joined(1, 3), reset: true }]));
      expect(await mentioned()).toEqual([2, 7, 11]);
      await store.applyPage(pulled([joined(11, 4)]));
      expect(await mentioned()).toBeUndefined();
    });

    it('[ask 29] says what has changed since a rev, and reads single messages', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 4))]));
      const edited = message(stream, 2, { rev: 30 });
      await change(edited);
      const seqs = (found: readonly { seq: number }[]) => found.map(({ seq }) => seq).toSorted((a, b) => a - b);
      expect(seqs(await store.messagesAfter(stream, 12))).toEqual([2, 3, 4]);
      expect(await store.messagesAfter(stream, 14)).toEqual([edited]);
      expect(await store.messagesAfter(stream, 30)).toEqual([]);
      expect(
        seqs(
          await store.messagesAt([
            [stream, 4],
            [stream, 9],
            [stream, 1],
          ]),
        ),
      ).toEqual([1, 4]);
      expect(await store.cursors()).toEqual({ [stream]: 30 });
      expect(await store.epoch()).toBe('first');
    });

    it('[RC2] a deleted last message is still the last one', async () => {
      await store.applyPage(pulled([bootstrap(stream, messages(stream, 1, 2))]));
      const deleted = message(stream, 2, { rev: 20, deletedAt: at(9), text: '' });
      await change(deleted);
      expect(await store.conversation(stream)).toMatchObject({
        lastMessage: deleted,
        lastSeq: 2,
        unread: 1,
        activityAt: at(2),
      });
    });

    it('[RD4] shows the upper bound while part of the range is missing, and the count once history has fetched it', async () => {
      await store.applyPage(pulled([joined(40), bootstrap(stream, messages(stream, 51, 60))]));
      expect(await unread()).toBe(20);
      await change(
        message(stream, 61, { senderId: ann }),
        message(stream, 45, { rev: 90, deletedAt: at(9), text: '' }),
      );
      expect(await unread()).toBe(21);
      await history(51, { stream, records: messages(stream, 44, 50), more: true });
      expect(await unread()).toBe(21);
      await history(44, { stream, records: messages(stream, 38, 43), more: true });
      // 41 … 60 without 45, which was deleted before history reached it.
      expect(await unread()).toBe(19);
    });

    it('[RD4] counts correctly however the mark moves', async () => {
      await store.applyPage(pulled([joined(0), bootstrap(stream, messages(stream, 1, 10))]));
      const seen = [await unread()];
      for (const [rev, readSeq] of [
        [2, 2],
        [3, 9],
        [4, 9],
        [5, 10],
        [6, 30],
      ] as const) {
        await store.applyPage(pulled([joined(readSeq, rev)]));
        seen.push(await unread());
      }
      await change(...messages(stream, 11, 12));
      seen.push(await unread());
      await change(message(stream, 31));
      expect([...seen, await unread()]).toEqual([10, 8, 1, 1, 0, 0, 0, 1]);
    });

    it('[RD4] a membership that does not move the mark leaves the unread count as it is', async () => {
      await store.applyPage(pulled([joined(2), bootstrap(stream, messages(stream, 1, 10))]));
      await store.applyPage(pulled([page(own, 2, [membership(stream, { readSeq: 2, rev: 2, pinnedAt: at(9) })])]));
      expect(await store.conversation(stream)).toMatchObject({ unread: 8, membership: { pinnedAt: at(9) } });
    });

    it('[CL1] [RD2] the person’s own mark counts at once, until the membership contains it', async () => {
      await store.applyPage(pulled([joined(1), bootstrap(stream, messages(stream, 1, 5))]));
      const op = mark(stream, 4);
      await store.enqueue([op], at(1));
      expect(await store.conversation(stream)).toMatchObject({ unread: 1, membership: { readSeq: 4 } });
      // A lower mark, from another device.
      await store.applyPage(pulled([joined(2, 2)]));
      expect(await store.conversation(stream)).toMatchObject({ unread: 1, membership: { readSeq: 4 } });
      await store.settle([accepted({ ...op }, 3)]);
      expect(await store.conversation(stream)).toMatchObject({ unread: 1, membership: { readSeq: 4 } });
      await store.applyPage(pulled([joined(4, 3)]));
      expect(await store.conversation(stream)).toMatchObject({ unread: 1, membership: { readSeq: 4, rev: 3 } });
      // From then on only the server's mark counts.
      await store.applyPage(pulled([{ ...joined(2, 2), reset: true }]));
      expect(await store.conversation(stream)).toMatchObject({ unread: 3, membership: { readSeq: 2 } });
      expect(await store.outbox()).toEqual([]);
    });

    it('[ER2] a mark that is refused or discarded is no longer shown', async () => {
      await store.applyPage(pulled([joined(1), bootstrap(stream, messages(stream, 1, 5))]));
      const [first, second] = [mark(stream, 3), mark(stream, 5)];
      await store.enqueue([first], at(1));
      await store.beginAttempt([first.id]);
      await store.enqueue([second], at(1));
      expect(await unread()).toBe(0);
      await store.discard(second.id);
      expect(await unread()).toBe(2);
      await store.settle([refused(first, 'forbidden')]);
      expect(await store.conversation(stream)).toMatchObject({ unread: 4, membership: { readSeq: 1 } });
      expect(await store.outbox()).toEqual([]);
    });

    it('[RD1] a mark beyond the last message does not mark later ones as read', async () => {
      await store.applyPage(pulled([joined(0), bootstrap(stream, messages(stream, 1, 5))]));
      await store.enqueue([mark(stream, 1_000)], at(1));
      expect(await unread()).toBe(0);
      await change(message(stream, 6));
      expect(await unread()).toBe(1);
    });

    it('[RD1] queued marks are merged into the highest one, which is sent after the one in flight', async () => {
      await store.applyPage(pulled([joined(0), bootstrap(stream, messages(stream, 1, 9))]));
      const [first, second, third] = [mark(stream, 5), mark(stream, 9), mark(stream, 7)];
      await store.enqueue([{ ...first, deliveredSeq: 9 }], at(1));
      await store.enqueue([second], at(2));
      await store.enqueue([third], at(3));
      const merged = { ...third, readSeq: 9, deliveredSeq: 9 };
      expect((await store.outbox()).map((row) => row.op)).toEqual([merged]);
      // A push that read the outbox earlier sends the old mark; its answer does not affect the new one.
      await store.settle([accepted(first, 2), accepted(second, 3)]);
      expect((await store.outbox()).map((row) => row.op)).toEqual([merged]);
      await store.beginAttempt([third.id]);
      const fourth = mark(stream, 8);
      await store.enqueue([fourth], at(4));
      expect((await store.outbox()).map((row) => row.op)).toEqual([merged, fourth]);
    });
  });
}
