import { beforeEach, describe, expect, it } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { accepted, at, membership, newGroup, nextId, own, page, pulled, send } from './records.fixture.ts';
import { forEveryTest, type TestDevice } from './test-device.ts';

/** The rules of drafts, for every implementation of the store. */
export function describeDrafts(newDevice: () => TestDevice): void {
  describe('drafts', () => {
    let store: LocalStore;
    let stream: ConversationId;
    let rev = 1;
    /** A newer membership arrives, with the draft that the server has. */
    const arrive = async (draft: string | undefined) => {
      rev += 1;
      const record = membership(stream, { rev, ...(draft === undefined ? {} : { draft }) });
      await store.applyPage(pulled([page(own, rev, [record])]));
    };
    forEveryTest(newDevice, (opened) => ({ store, stream } = opened));
    beforeEach(() => arrive(undefined));
    const share = async (draft: string | null) => {
      const op = { id: nextId(), stream, kind: 'membership.update' as const, draft };
      await store.enqueue([op], at(1));
      return op;
    };
    const held = async () => (await store.draft(stream)).text;

    it('[C2] keeps a draft for each conversation, and the number of its version only grows', async () => {
      const other = newGroup();
      const first = await store.saveDraft(stream, 'a', '');
      await store.saveDraft(other, 'b', '');
      const second = await store.saveDraft(stream, 'a c', 'a');
      expect([first.text, second.text, (await store.draft(other)).text]).toEqual(['a', 'a c', 'b']);
      expect(second.version).toBeGreaterThan(first.version);
      expect([...(await store.drafts()).values()].toSorted()).toEqual(['a c', 'b']);
    });

    it('[OP16] the write that queues a message removes its text from the draft, whichever version of it was saved', async () => {
      for (const saved of ['see you at six', 'see you', 'sea you at six']) {
        await store.saveDraft(stream, saved, await held());
        await store.enqueue([send(stream, { text: 'see you at six' })], at(1));
        expect(await held()).toBe('');
      }
      await store.saveDraft(stream, 'see you at six, and', '');
      await store.enqueue([send(stream, { text: 'see you at six' })], at(1));
      expect(await held()).toBe(', and');
    });

    it('[OP16] [SM1] what was scheduled is removed from the draft too', async () => {
      await store.saveDraft(stream, 'good morning', '');
      const op = { id: nextId(), stream, kind: 'message.schedule' as const, dueAt: at(60), text: 'good morning' };
      await store.enqueue([op], at(1));
      expect(await held()).toBe('');
    });

    it('[OP16] a field that still holds what was sent cannot bring it back', async () => {
      await store.saveDraft(stream, 'see you', '');
      await store.enqueue([send(stream, { text: 'see you' })], at(1));
      expect((await store.saveDraft(stream, 'see you', 'see you')).text).toBe('');
      expect((await store.saveDraft(stream, 'see you, bring wine', 'see you')).text).toBe(', bring wine');
    });

    it('[OP16] nothing is lost when somebody types in two tabs at the same time', async () => {
      await store.saveDraft(stream, 'in the first', '');
      expect((await store.saveDraft(stream, 'by the second', '')).text).toBe('in the first\nby the second');
      expect(await held()).toBe('in the first\nby the second');
    });

    it('[RC4] a draft of another device is the draft, until something is typed here', async () => {
      await arrive('from the phone');
      expect(await held()).toBe('from the phone');
      await arrive('from the phone, longer');
      expect(await held()).toBe('from the phone, longer');
      await store.enqueue([send(stream, { text: 'from the phone, longer' })], at(1));
      expect([await held(), [...(await store.unsharedDrafts())]]).toEqual(['', [[stream, '']]]);
    });

    it('[RC4] a draft that was typed here and sent elsewhere is gone, even if its chat is not open', async () => {
      await store.saveDraft(stream, 'see you', '');
      await store.settle([accepted(await share('see you'), rev + 1)]);
      await arrive('see you');
      await arrive(undefined);
      expect([await held(), await store.unsharedDrafts()]).toEqual(['', new Map()]);
    });

    it('[RC4] an earlier version that this device shared does not replace a later one', async () => {
      await store.saveDraft(stream, 'a', '');
      await share('a');
      await store.saveDraft(stream, 'a b', 'a');
      await share('a b');
      await arrive('a');
      expect(await held()).toBe('a b');
      await store.enqueue([send(stream, { text: 'a b' })], at(1));
      await share(null);
      await arrive('a b');
      expect(await held()).toBe('');
    });

    it('[RC4] texts that two devices wrote at the same time are both kept, however alike they are; an edit of a text replaces it', async () => {
      await store.saveDraft(stream, 'See you at ten', '');
      const op = await share('See you at ten');
      await arrive('See you at nine');
      expect(await held()).toBe('See you at nine\nSee you at ten');
      expect(await store.unsharedDrafts()).toEqual(new Map([[stream, await held()]]));
      await store.settle([accepted(op, rev + 1)]);
      await arrive('See you at ten');
      await store.settle([accepted(await share(await held()), rev + 1)]);
      await arrive(await held());
      await arrive('See you at nine\nSee you at six');
      expect(await held()).toBe('See you at nine\nSee you at six');
    });

    it('[RC4] what another device removes from an earlier version, because it was sent there, is removed from a later one', async () => {
      await store.saveDraft(stream, 'a', '');
      await share('a');
      await store.saveDraft(stream, 'a b', 'a');
      await share('a b');
      await arrive('a');
      await arrive(undefined);
      expect(await held()).toBe(' b');
    });

    it('[RC4] a different text of another device is joined with the one typed here, and shared', async () => {
      await store.saveDraft(stream, 'by hand', '');
      await store.settle([accepted(await share('by hand'), rev + 1)]);
      await arrive('by hand');
      await arrive('on a train');
      expect(await held()).toBe('on a train\nby hand');
      expect(await store.unsharedDrafts()).toEqual(new Map([[stream, 'on a train\nby hand']]));
    });

    it('[OP16] no draft is shared of a chat that only this device knows, or that the person has left', async () => {
      const alone = newGroup();
      await store.saveDraft(alone, 'first', '');
      expect(await store.unsharedDrafts()).toEqual(new Map());
      await store.saveDraft(stream, 'last', '');
      rev += 1;
      await store.applyPage(pulled([page(own, rev, [membership(stream, { rev, leftAt: at(2) })])]));
      expect([await held(), await store.unsharedDrafts()]).toEqual(['last', new Map()]);
    });
  });
}
