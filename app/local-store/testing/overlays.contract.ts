import { beforeEach, describe, expect, it } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import type { Op, OpOf } from '#protocol/op.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';
import { accepted, ann, at, bob, bootstrap, conversation, membership, message } from './records.fixture.ts';
import { newGroup, nextId, own, page, pulled, refused } from './records.fixture.ts';

/** What accepted ops show before their records arrive, and how queued ops are merged. */
export function describeOverlays(newDevice: () => TestDevice): void {
  describe('overlays', () => {
    let store: LocalStore;
    let stream: ConversationId;
    forEveryTest(newDevice, (opened) => ({ store, stream } = opened));
    const seen = message(newGroup(), 1);
    beforeEach(async () => {
      const held = { ...seen, stream };
      await store.applyPage(pulled([page(own, 1, [membership(stream)]), bootstrap(stream, [held])]));
    });

    const row = () => store.conversation(stream);
    const queue = async (...ops: Op[]) => {
      await store.enqueue(ops, at(2));
      await store.beginAttempt(ops.map(({ id }) => id));
    };
    const waiting = async () => (await store.outbox()).map(({ op }) => op);
    const draft = (text: string, more: Partial<OpOf<'membership.update'>> = {}): OpOf<'membership.update'> => ({
      id: nextId(),
      stream,
      kind: 'membership.update',
      draft: text,
      ...more,
    });

    it('an op that waits is not written into any record, whatever its kind', async () => {
      const before = [await row(), await store.messages(stream, {})];
      await queue(
        { id: nextId(), stream, kind: 'message.edit', messageId: seen.id, text: 'better' },
        { id: nextId(), stream, kind: 'reaction.set', messageId: seen.id, emoji: '👍', on: true },
        { id: nextId(), stream, kind: 'message.pin', messageId: seen.id, on: true },
        { id: nextId(), stream, kind: 'conversation.update', title: 'Band' },
        draft('half a'),
      );
      expect([await row(), await store.messages(stream, {})]).toEqual(before);
    });

    it('[PO2] [PO3] of several votes that wait only the last is sent, and an accepted vote is counted until its record arrives', async () => {
      const poll = { options: ['tea', 'coffee'], isAnonymous: true, votes: {}, counts: [2, 0], voters: 2 };
      await store.applyChanges({ stream, prev: 11, cursor: 12, records: [{ ...seen, stream, rev: 12, poll }] });
      const vote = (...options: number[]): Op => ({
        id: nextId(),
        stream,
        kind: 'poll.vote',
        messageId: seen.id,
        options,
      });
      const [first, second] = [vote(0), vote(1)];
      await store.enqueue([first], at(2));
      await store.enqueue([second], at(3));
      expect(await waiting()).toEqual([second]);
      await store.beginAttempt([second.id]);
      await store.settle([accepted(second, 13)]);
      expect(await store.messages(stream, {})).toMatchObject([
        { rev: 12, poll: { votes: { [ann]: [1] }, counts: [2, 1], voters: 3 } },
      ]);
    });

    it('[SM1] [SM2] a scheduled message is shown from the answer until its place arrives, and so are its changes', async () => {
      const texts = async () => (await store.scheduled(stream)).map(({ id, text }) => [id, text]);
      const place = { type: 'scheduled', stream: own, id: `${own}/scheduled/0` } as const;
      const given: Op = { id: nextId(), stream, kind: 'message.schedule', dueAt: at(9), text: 'later' };
      const change: Op = { id: nextId(), stream, kind: 'scheduled.update', scheduledId: given.id, text: 'changed' };
      await queue(given);
      expect(await texts()).toEqual([]);
      await store.settle([accepted(given, 2)]);
      await queue(change);
      await store.settle([accepted(change, 3)]);
      expect(await texts()).toEqual([[given.id, 'changed']]);
      const held = {
        id: given.id,
        conversation: stream,
        dueAt: at(9),
        createdAt: at(2),
        attachments: [],
        mentions: [],
      };
      const live = (prev: number, rev: number, more: object) =>
        store.applyChanges({ stream: own, prev, cursor: rev, records: [{ ...place, rev, ...more }] });
      await live(1, 3, { message: { ...held, text: 'changed' } });
      expect(await texts()).toEqual([[given.id, 'changed']]);
      // It was sent meanwhile, before the answer to a change that came too late.
      const late: Op = { id: nextId(), stream, kind: 'scheduled.cancel', scheduledId: given.id };
      await queue(late);
      await live(3, 5, { message: null });
      await store.settle([accepted(late, 5)]);
      expect(await texts()).toEqual([]);
      // A delayed page does not restore anything.
      await store.applyPage(pulled([page(own, 3, [{ ...place, rev: 3, message: { ...held, text: 'changed' } }])]));
      expect(await texts()).toEqual([]);
    });

    it('[OP8] an accepted reaction is shown until its record arrives, and never over a later one', async () => {
      const react: Op = { id: nextId(), stream, kind: 'reaction.set', messageId: seen.id, emoji: '👍', on: true };
      await queue(react);
      await store.settle([accepted(react, 12)]);
      expect(await store.messages(stream, {})).toMatchObject([{ rev: seen.rev, reactions: { '👍': [ann] } }]);

      const later = { ...seen, stream, rev: 13, reactions: { '🎉': [bob] } };
      await store.applyChanges({ stream, prev: 11, cursor: 13, records: [later] });
      const again: Op = { ...react, id: nextId() };
      await queue(again);
      await store.settle([accepted(again, 13)]);
      expect(await store.messages(stream, {})).toEqual([later]);
    });

    it('[OP8] [OP11] accepted pins and titles are shown until the record of the conversation arrives', async () => {
      const pin: Op = { id: nextId(), stream, kind: 'message.pin', messageId: seen.id, on: true };
      const rename: Op = { id: nextId(), stream, kind: 'conversation.update', title: 'Band' };
      await queue(pin, rename);
      await store.settle([accepted(pin, 12), accepted(rename, 14)]);
      expect((await row())?.record).toMatchObject({ rev: 1, title: 'Band', pins: [seen.id] });

      const record = conversation(stream, { rev: 14, title: 'Somebody else’s title' });
      await store.applyChanges({ stream, prev: 11, cursor: 14, records: [record] });
      const late: Op = { ...rename, id: nextId() };
      await queue(late);
      await store.settle([accepted(late, 14)]);
      expect((await row())?.record).toEqual(record);
    });

    it('[OP16] an accepted setting is shown until its membership arrives', async () => {
      const archive: Op = { id: nextId(), stream, kind: 'membership.update', archived: true };
      await queue(archive);
      await store.settle([accepted(archive, 5)]);
      expect((await row())?.membership).toMatchObject({ rev: 1, archivedAt: at(2) });
      const record = membership(stream, { rev: 5 });
      await store.applyChanges({ stream: own, prev: 1, cursor: 5, records: [record] });
      expect((await row())?.membership).toEqual(record);
    });

    it('[OP13] an accepted op that leaves a group does not change the membership, because the answer’s rev is of another stream', async () => {
      const leave: Op = { id: nextId(), stream, kind: 'member.remove', userId: ann };
      await queue(leave);
      await store.settle([accepted(leave, 40)]);
      expect((await row())?.membership).toEqual(membership(stream));
    });

    it('[RC4] a queued draft replaces earlier ones that have not been sent, and nothing else', async () => {
      const [first, second, third] = [draft('a'), draft('b'), draft('c')];
      const pin = draft('with a pin', { pinned: true });
      await store.enqueue([first, pin], at(1));
      await store.enqueue([second], at(2));
      expect(await waiting()).toEqual([pin, second]);
      await store.beginAttempt([second.id]);
      await store.enqueue([third], at(3));
      expect(await waiting()).toEqual([pin, second, third]);
    });

    it('[ER2] a draft that is refused permanently is dropped, but not an op that also changes a setting', async () => {
      const [quiet, choice] = [draft('a'), draft('b', { archived: true })];
      await queue(quiet, choice);
      await store.settle([refused(quiet, 'not_found'), refused(choice, 'not_found')]);
      expect(await waiting()).toEqual([choice]);
    });
  });
}
