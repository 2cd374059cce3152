import { describe, expect, it } from 'vitest';
import { directStream } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';
import { ann, at, bob, bootstrap, membership, message, newGroup, nextId, own } from './records.fixture.ts';
import { accepted, page, pulled, refused, send } from './records.fixture.ts';

/** Who is blocked on this device, and what that hides. [BL1] [BL5] */
export function describeBlocks(newDevice: () => TestDevice): void {
  describe('blocks', () => {
    let store: LocalStore;
    forEveryTest(newDevice, (opened) => ({ store } = opened));

    const direct = directStream(ann, bob);
    const block = (blocked: boolean): OpOf<'membership.update'> => ({
      id: nextId(),
      stream: direct,
      kind: 'membership.update',
      blocked,
    });
    const blockedBefore = () => membership(direct, { leftAt: at(1), blockedAt: at(1) });

    it('[BL1] a choice is shown as soon as it is queued, and taken back if the server refuses it', async () => {
      const op = block(true);
      await store.enqueue([op], at(1));
      expect(await store.blocked()).toEqual([bob]);
      await store.beginAttempt([op.id]);
      await store.settle([refused(op, 'not_found')]);
      expect(await store.blocked()).toEqual([]);
    });

    it('[BL1] a choice of another device is applied, and does not undo what is queued here', async () => {
      await store.applyPage(pulled([page(own, 1, [blockedBefore()])]));
      expect(await store.blocked()).toEqual([bob]);
      const op = block(false);
      await store.enqueue([op], at(2));
      await store.applyPage(pulled([page(own, 2, [{ ...blockedBefore(), rev: 2, blockedAt: at(2) }])]));
      expect(await store.blocked()).toEqual([]);
      await store.beginAttempt([op.id]);
      await store.settle([accepted(op, 3)]);
      await store.applyPage(pulled([page(own, 3, [membership(direct, { rev: 3, leftAt: at(1) })])]));
      expect(await store.blocked()).toEqual([]);
    });

    it('[BL1] a choice that another device has overtaken before its answer came does not stay', async () => {
      await store.applyPage(pulled([page(own, 1, [membership(direct, { leftAt: at(1) })])]));
      const op = block(true);
      await store.enqueue([op], at(1));
      await store.beginAttempt([op.id]);
      await store.applyPage(pulled([page(own, 3, [membership(direct, { rev: 3, leftAt: at(1) })])]));
      expect(await store.blocked()).toEqual([bob]);
      await store.settle([accepted(op, 2)]);
      expect(await store.blocked()).toEqual([]);
    });

    it('[BL1] a membership that comes after an accepted choice replaces it, even if it is the first of that chat', async () => {
      const op = block(true);
      await store.enqueue([op], at(1), true);
      await store.settle([accepted(op, 1)]);
      expect(await store.blocked()).toEqual([bob]);
      await store.applyPage(pulled([page(own, 2, [membership(direct, { rev: 2, leftAt: at(1) })])]));
      expect(await store.blocked()).toEqual([]);
    });

    it('[BL1] a reset of the person’s stream forgets blocks that were undone elsewhere, and keeps queued choices', async () => {
      await store.applyPage(pulled([page(own, 1, [blockedBefore()])]));
      await store.applyPage(pulled([page(own, 5, [], { reset: true })]));
      expect(await store.blocked()).toEqual([]);
      await store.enqueue([block(true)], at(1));
      await store.applyPage(pulled([page(own, 2, [])], 'second'));
      expect(await store.blocked()).toEqual([bob]);
    });

    it('[BL1] a direct chat in which there is nothing but a block is created with its first message', async () => {
      await store.applyPage(pulled([page(own, 1, [blockedBefore()])]));
      await store.enqueue([send(direct)], at(2));
      expect((await store.outbox(direct)).map(({ op }) => op.kind)).toEqual(['conversation.create', 'message.send']);
      expect(await store.conversation(direct)).toMatchObject({ creation: { memberIds: [bob] } });
    });

    it('[BL5] [DG4] messages that are withheld, or come from a blocked person, are not counted and move no chat up the list', async () => {
      const group = newGroup();
      const joined = [membership(group), { ...blockedBefore(), rev: 2 }];
      await store.applyPage(pulled([page(own, 2, joined), bootstrap(group, [message(group, 1, { senderId: ann })])]));
      const mention = message(group, 2, { mentions: [ann] });
      await store.applyChanges({ stream: group, prev: 11, cursor: 12, records: [mention] });
      expect(await store.conversation(group)).toMatchObject({ unread: 0, lastSeq: 2, activityAt: at(1) });
      expect(await store.conversation(group)).not.toHaveProperty('mentioned');
      const place = message(direct, 1, { withheld: true, text: '', deletedAt: at(9), createdAt: at(9) });
      await store.applyPage(pulled([page(own, 3, [membership(direct, { rev: 3 })]), bootstrap(direct, [place])]));
      const row = await store.conversation(direct);
      expect(row).toMatchObject({ unread: 0, lastSeq: 1, activityAt: at(0) });
      expect(row).not.toHaveProperty('lastMessage');
      await store.enqueue([block(false)], at(10));
      const heard = message(group, 3);
      await store.applyChanges({ stream: group, prev: 12, cursor: 13, records: [heard] });
      // Messages that arrived meanwhile are shown again, as unread.
      expect(await store.conversation(group)).toMatchObject({ unread: 2, activityAt: at(3), mentioned: [2] });
      await store.enqueue([block(true)], at(11));
      expect(await store.conversation(group)).toMatchObject({ unread: 0 });
      expect(await store.check([group])).toEqual([]);
    });
  });
}
