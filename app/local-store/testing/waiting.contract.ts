import { beforeEach, describe, expect, it } from 'vitest';
import { filesToUpload, localFileId } from '#app/ops/files.ts';
import { readyToSend } from '#app/sync/plan-pushes.ts';
import { directStream, type ConversationId, type OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { Attachment } from '#protocol/record.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { accepted, ann, at, bob, bootstrap, create, membership, message } from './records.fixture.ts';
import { newGroup, nextId, own, page, pulled, refused, send } from './records.fixture.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';

/** Changes of messages that may not have left the device. [CL11] */
export function describeWaiting(newDevice: () => TestDevice): void {
  describe('a message that waits', () => {
    let store: LocalStore;
    let stream: ConversationId;
    let first: ReturnType<typeof send>;
    let second: ReturnType<typeof send>;
    forEveryTest(newDevice, (opened) => ({ store, stream } = opened));
    beforeEach(async () => {
      [first, second] = [send(stream, { text: 'first' }), send(stream, { text: 'second' })];
      await store.enqueue([first, second], at(1));
    });
    const change = (messageId: OpId, opId = nextId()) => ({ stream, messageId, opId, at: at(9) });
    const ops = async () => (await store.outbox()).map(({ op }) => op);
    const sent = async () => store.beginAttempt((await ops()).map(({ id }) => id));

    it('[CL14] is sent with the server’s description of its file once that is uploaded, and is not marked as attempted before', async () => {
      await store.cancel(change(first.id));
      await store.cancel(change(second.id));
      const [one, two] = [localFileId('1'), localFileId('2')];
      const withFiles = send(stream, { attachments: [{ mediaId: one }, { mediaId: two }] });
      expect(await store.enqueue([withFiles], at(2), true)).toMatchObject([{ state: 'queued', attempts: 0 }]);
      const uploaded = (mediaId: string): Attachment => ({
        mediaId: mediaId as Attachment['mediaId'],
        kind: 'image',
        name: 'x',
        mime: 'image/png',
        size: 1,
      });
      await store.replaceFile(two, uploaded('b'));
      expect((await ops()).map(filesToUpload)).toEqual([[one]]);
      await store.replaceFile(one, uploaded('a'));
      await store.replaceFile(localFileId('gone'), uploaded('c'));
      expect(await sent()).toEqual([{ ...withFiles, attachments: [uploaded('a'), uploaded('b')] }]);
    });

    it('[CL11] is edited in the queue: it keeps its id, its place and the time at which it was written', async () => {
      await store.editText('better', change(first.id));
      expect(await sent()).toEqual([{ ...first, text: 'better' }, second]);
    });

    it('[CL11] [OP4] takes the mentions of its edit, in the queue and by the op that follows it', async () => {
      await store.editText('for @Bob', { ...change(first.id), mentions: [bob] });
      await store.beginAttempt([first.id]);
      await store.editText('for nobody', { ...change(first.id), mentions: [] });
      const [queued, , edit] = await ops();
      expect([queued, edit]).toMatchObject([
        { id: first.id, text: 'for @Bob', mentions: [bob] },
        { kind: 'message.edit', text: 'for nobody', mentions: [] },
      ]);
    });

    it('[CL11] is edited by an op that follows it once it was attempted, and once it has arrived', async () => {
      await store.beginAttempt([first.id]);
      const [waiting, arrived] = [change(first.id), change(nextId())];
      await store.editText('better', waiting);
      await store.editText('best', arrived);
      const edit = (text: string, { messageId, opId }: typeof waiting) => ({
        id: opId,
        stream,
        kind: 'message.edit' as const,
        messageId,
        text,
      });
      const better: Op = { ...edit('better', waiting), base: first.id };
      expect(await ops()).toEqual([first, second, better, edit('best', arrived)]);
    });

    it('[CL11] is sent again with its new text if it was refused, in its old place', async () => {
      await store.beginAttempt([first.id]);
      await store.settle([refused(first, 'forbidden')]);
      const again = change(first.id);
      await store.editText('better', again);
      expect(await sent()).toEqual([{ ...first, id: again.opId, text: 'better' }, second]);
    });

    it('[OP3] shows what it forwards until the server’s copy arrives, and an edit of it follows it', async () => {
      const [from, messageId] = [newGroup(), nextId()];
      const source = message(from, 1, { id: messageId, senderId: bob, text: 'the ferry leaves' });
      await store.applyPage(pulled([page(own, 1, [membership(from)]), bootstrap(from, [source])]));
      const { text: _none, ...sending } = send(stream);
      const forward = { ...sending, forward: { stream: from, messageId } };
      const unknown = { ...sending, id: nextId(), forward: { stream: from, messageId: nextId() } };
      await store.enqueue([forward, unknown], at(2));
      const held = Object.fromEntries((await store.outbox()).map(({ id, copied }) => [id, copied]));
      expect(held[forward.id]).toEqual({
        text: 'the ferry leaves',
        attachments: [],
        forwardedFrom: { senderName: 'bob' },
      });
      expect(held[unknown.id]).toBeUndefined();
      await store.editText('better', change(forward.id));
      expect((await ops()).slice(2)).toEqual([
        forward,
        unknown,
        expect.objectContaining({ kind: 'message.edit', messageId: forward.id, text: 'better' }),
      ]);
    });

    it('[CL11] can be taken back before it is sent, even from a push that was planned with it, and restored to its place', async () => {
      const planned = (await store.outbox()).map(({ id }) => id);
      const before = await store.outbox();
      const removed = await store.cancel(change(first.id));
      expect(await store.beginAttempt(planned)).toEqual([second]);
      await store.requeue([second.id]);
      await store.restore(removed);
      expect((await store.outbox()).map(({ id, order }) => [id, order])).toEqual(
        before.map(({ id, order }) => [id, order]),
      );
      expect((await ops())[0]).toEqual(first);
    });

    it('[CL11] is deleted by an op that follows it if it may have left', async () => {
      await store.beginAttempt([first.id]);
      const deletion = change(first.id);
      expect(await store.cancel(deletion)).toEqual([]);
      expect((await ops()).at(-1)).toEqual({
        id: deletion.opId,
        stream,
        kind: 'message.delete',
        messageId: first.id,
      });
    });

    it('[OP10] creates a direct chat that does not exist yet, together with its first message', async () => {
      stream = directStream(ann, bob);
      const [opening, next] = [send(stream, { text: 'hello' }), send(stream, { text: 'are you there?' })];
      await store.enqueue([opening], at(1));
      await store.enqueue([next], at(1));
      expect((await store.outbox(stream)).map(({ op }) => op)).toEqual([
        { id: expect.any(String) as string, stream, kind: 'conversation.create', memberIds: [bob] },
        opening,
        next,
      ]);
      expect(new Set((await store.outbox(stream)).map(({ id }) => id)).size).toBe(3);
      const notes = directStream(ann, ann);
      await store.enqueue([send(notes)], at(1));
      expect((await store.outbox(notes))[0]?.op).toMatchObject({ kind: 'conversation.create', memberIds: [] });
    });

    it('[CL2] sends the first message of a direct chat with the op that creates the chat, and neither while it waits for a file', async () => {
      stream = directStream(ann, bob);
      const opening = send(stream, { text: 'hello' });
      const started = await store.enqueue([opening], at(1), true);
      expect(started.map(({ op, state }) => [op.kind, state])).toEqual([
        ['conversation.create', 'sending'],
        ['message.send', 'sending'],
      ]);
      const next = await store.enqueue([send(stream, { text: 'are you there?' })], at(1), true);
      expect(next.map(({ state }) => state)).toEqual(['queued']);

      const notes = directStream(ann, ann);
      const carrying = await store.enqueue(
        [send(notes, { attachments: [{ mediaId: localFileId('1') }] })],
        at(1),
        true,
      );
      expect(carrying.map(({ op, state }) => [op.kind, state])).toEqual([
        ['conversation.create', 'queued'],
        ['message.send', 'queued'],
      ]);
    });

    it('[CL11] takes back the direct chat that it created, and a group only if that is discarded itself', async () => {
      stream = directStream(ann, bob);
      const opening = send(stream, { text: 'hello' });
      await store.enqueue([create(stream), opening], at(1));
      const removed = await store.cancel(change(opening.id));
      expect([await store.outbox(stream), await store.conversation(stream)]).toEqual([[], undefined]);
      await store.restore(removed);
      expect((await store.outbox(stream)).map(({ op }) => op.kind)).toEqual(['conversation.create', 'message.send']);
      expect((await store.conversation(stream))?.creation).toEqual({ memberIds: [bob] });

      stream = newGroup();
      const hello = send(stream, { text: 'hello' });
      await store.enqueue([create(stream), hello], at(1));
      await store.cancel(change(hello.id));
      expect((await store.outbox(stream)).map(({ op }) => op.kind)).toEqual(['conversation.create']);
    });

    it('[CL17] a held message creates its direct chat once it is released, and nothing is left of that if it is taken back', async () => {
      const [direct, notes] = [directStream(ann, bob), directStream(ann, ann)];
      const [kept, undone] = [send(direct), send(notes)];
      const ready = async () =>
        readyToSend([...(await store.outbox(direct)), ...(await store.outbox(notes))]).map(({ op }) => op.kind);
      await store.hold([kept, undone], at(1));
      expect(await ready()).toEqual([]);
      await store.release([kept.id]);
      expect(await ready()).toEqual(['conversation.create', 'message.send']);
      expect(await store.takeBack([undone.id])).toBe(true);
      expect([await store.outbox(notes), await store.conversation(notes)]).toEqual([[], undefined]);
    });

    it('[CL17] a held deletion stays while others are sent, is sent after them once it is released, and can be taken back until then', async () => {
      const deletion = (): Op => ({ id: nextId(), stream, kind: 'message.delete', messageId: nextId() });
      const [kept, undone] = [deletion(), deletion()];
      await store.hold([kept, undone], at(2));
      const third = send(stream, { text: 'third' });
      await store.enqueue([third], at(3));
      expect(await sent()).toEqual([first, second, third]);
      expect(await store.takeBack([undone.id])).toBe(true);
      await store.release([kept.id, undone.id]);
      expect((await ops()).at(-1)).toEqual(kept);
      expect(await store.beginAttempt([kept.id])).toEqual([kept]);
      expect(await store.takeBack([kept.id])).toBe(false);
      expect((await ops()).at(-1)).toEqual(kept);
    });

    it('[CL17] a deletion whose page is gone is sent with the next connection', async () => {
      const deletion: Op = { id: nextId(), stream, kind: 'message.delete', messageId: nextId() };
      await store.hold([deletion], at(2));
      await store.requeue([first.id]);
      expect(await store.beginAttempt([deletion.id])).toEqual([]);
      await store.requeue();
      expect(await store.beginAttempt([deletion.id])).toEqual([deletion]);
    });

    it('[CL11] an accepted message is not taken back from the device', async () => {
      await store.beginAttempt([first.id]);
      await store.settle([accepted(first, 3, 7)]);
      expect(await store.cancel(change(first.id))).toEqual([]);
      expect((await ops()).at(-1)?.kind).toBe('message.delete');
    });
  });
}
