import { beforeEach, describe, expect, it } from 'vitest';
import type { OpId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';
import { ann, accepted, at, bootstrap, message, newGroup, nextId, page, pulled } from './records.fixture.ts';

/** Edits name the text on which they are based; an edit that conflicts with another one keeps its text. [OP19] */
export function describeEdits(newDevice: () => TestDevice): void {
  describe('edits', () => {
    let store: LocalStore;
    forEveryTest(newDevice, (opened) => ({ store } = opened));

    const stream = newGroup();
    const target = message(stream, 1, { senderId: ann });
    beforeEach(() => store.applyPage(pulled([bootstrap(stream, [target])])));

    type Edit = OpOf<'message.edit'>;
    async function edit(text: string): Promise<Edit> {
      await store.editText(text, { stream, messageId: target.id, opId: nextId(), at: at(1) });
      return (await store.outbox()).at(-1)?.op as Edit;
    }
    const lost = (op: Edit) => ({
      id: op.id,
      ok: false as const,
      error: { code: 'conflict' as const, message: 'the message has been edited since', path: 'base' },
    });
    const attempt = (...ops: Edit[]) => store.beginAttempt(ops.map(({ id }) => id));
    const arrives = (rev: number, text: string, editId: OpId) =>
      store.applyPage(pulled([page(stream, rev, [{ ...target, rev, text, editId, editedAt: at(5) }])]));

    it('[OP19] an edit is based on the text that is shown: that of the message, of the edit before, or one that has arrived', async () => {
      const first = await edit('one');
      expect(first.base).toBe(target.id);
      await attempt(first);
      const second = await edit('two');
      expect(second.base).toBe(first.id);
      await store.settle([accepted(first, 20)]);
      await attempt(second);
      await store.settle([accepted(second, 21)]);
      expect((await edit('three')).base).toBe(second.id);
      const elsewhere = nextId();
      await store.discard((await store.outbox())[0]?.id as OpId);
      await arrives(30, 'elsewhere', elsewhere);
      expect((await edit('four')).base).toBe(elsewhere);
    });

    it('[OP19] a refused edit, or the last of several, keeps its text, and is applied to the current text', async () => {
      const first = await edit('mine');
      await attempt(first);
      const second = await edit('mine, again');
      await arrives(30, 'elsewhere', nextId());
      const newest = nextId();
      await arrives(31, 'elsewhere, again', newest);
      await store.settle([lost(first)]);
      await attempt(second);
      await store.settle([lost(second)]);
      expect(await store.outbox()).toMatchObject([{ id: second.id, state: 'failed', op: { text: 'mine, again' } }]);
      const again = nextId();
      await store.retry(second.id, again);
      expect(await store.outbox()).toMatchObject([
        { id: again, state: 'queued', op: { id: again, text: 'mine, again', base: newest } },
      ]);
    });

    it('[OP19] an edit that followed a discarded one is based on what that one was based on', async () => {
      const first = await edit('one');
      const second = await edit('two');
      await store.discard(first.id);
      expect(await store.outbox()).toMatchObject([{ id: second.id, op: { text: 'two', base: target.id } }]);
    });

    it('[OP19] an edit of a message that is being sent is based on that message, even if it is sent again under a new id', async () => {
      const sent = { id: nextId(), stream, kind: 'message.send', text: 'x', sentAt: at(1) } as const;
      await store.enqueue([sent], at(1));
      await store.beginAttempt([sent.id]);
      await store.editText('y', { stream, messageId: sent.id, opId: nextId(), at: at(1) });
      const change = (await store.outbox()).at(-1)?.op;
      expect(change).toMatchObject({ kind: 'message.edit', base: sent.id });
      await store.settle([{ id: sent.id, ok: false, error: { code: 'forbidden', message: '' } }]);
      const again = nextId();
      await store.retry(sent.id, again);
      expect((await store.outbox()).at(-1)?.op).toMatchObject({ messageId: again, base: again });
    });
  });
}
