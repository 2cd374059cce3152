import { describe, expect, it } from 'vitest';
import { DAMAGED_CURSOR } from '#protocol/digest.ts';
import { backingOver } from './dexie-backing.ts';
import type { LocalStore } from './local-store.ts';
import type { Rows } from './rows.ts';
import { wholeStoreOver } from '#app/local-store/testing/whole-store.ts';
import { databaseName, declareTables } from './tables.ts';
import { createMemoryDisk, openMemoryLocalStore } from './testing/memory-local-store.ts';
import { ann, at, bootstrap, membership, message, messages, newGroup } from './testing/records.fixture.ts';
import { nextUser, own, page, pulled } from './testing/records.fixture.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';

startFakeIndexedDb();

interface Device {
  store: LocalStore;
  /** Changes rows behind the store's back. */
  lose(body: (rows: Rows) => PromiseLike<unknown>): Promise<void>;
}

const devices: Record<string, () => Device> = {
  memory() {
    const disk = createMemoryDisk();
    return {
      store: openMemoryLocalStore({ userId: ann, disk }),
      async lose(body) {
        await body(disk.rows.rows);
        disk.rows.commit();
      },
    };
  },
  Dexie() {
    const backing = backingOver(declareTables(databaseName(nextUser())));
    return {
      store: wholeStoreOver(backing, ann),
      lose: (body) => backing.write(async (rows) => void (await body(rows))),
    };
  },
};

describe.each(Object.keys(devices))('lost rows, in %s', (name) => {
  const group = newGroup();
  const other = newGroup();
  const sent = messages(group, 1, 9);
  async function filled(): Promise<Device> {
    const device = devices[name]?.() as Device;
    await device.store.applyPage(
      pulled([
        page(own, 2, [membership(group), membership(other, { rev: 2 })]),
        bootstrap(group, sent),
        bootstrap(other, messages(other, 1, 4)),
      ]),
    );
    return device;
  }
  const all = [own, group, other];

  it('[DG4] nothing is reported while nothing is lost, whatever arrives', async () => {
    const { store } = await filled();
    expect(await store.check(all)).toEqual([]);
    const news = messages(group, 10, 11).map((each) => ({ ...each, rev: each.rev + 20 }));
    await store.applyChanges({ stream: group, prev: 19, cursor: 31, records: news });
    await store.applyPage(pulled([{ ...bootstrap(group, messages(group, 8, 11), 40), reset: true }]));
    await store.applyPage(pulled([page(own, 9, [membership(other, { rev: 9, readSeq: 3 })])]));
    expect(await store.check(all)).toEqual([]);
    expect([await store.withoutRows(), await store.repairs()]).toEqual([[], 0]);
  });

  it.each<[string, (rows: Rows) => PromiseLike<unknown>]>([
    ['one message', (rows) => rows.messages.delete([group, 4])],
    ['the messages', (rows) => rows.dropMessages(group, Number.MAX_SAFE_INTEGER)],
    ['the members', (rows) => rows.dropMembers(group)],
    [
      'the conversation’s record',
      async (rows) => {
        const { record: _, ...row } = (await rows.conversations.get(group)) as NonNullable<
          Awaited<ReturnType<Rows['conversations']['get']>>
        >;
        await rows.conversations.put(row);
      },
    ],
  ])(
    '[DG4] without %s, the stream’s cursor is given up once, and the reset that follows restores everything',
    async (_what, lost) => {
      const { store, lose } = await filled();
      const before = [await store.messages(group, {}), await store.members(group), await store.conversation(group)];
      await lose(lost);
      expect(await store.check(all)).toEqual([group]);
      expect((await store.cursors())[group]).toBe(DAMAGED_CURSOR);
      expect([await store.check(all), await store.repairs()]).toEqual([[], 1]);
      await store.applyPage(pulled([{ ...bootstrap(group, sent), reset: true, after: DAMAGED_CURSOR }]));
      expect([await store.messages(group, {}), await store.members(group), await store.conversation(group)]).toEqual(
        before,
      );
      expect(await store.check(all)).toEqual([]);
    },
  );

  it('[DG4] [CL20] a message that is lost from a run below the window is noticed, and all runs are given up with it', async () => {
    const { store, lose } = await filled();
    await store.applyPage(pulled([{ ...bootstrap(group, messages(group, 91, 100), 120), reset: true }]));
    const window = (await store.conversation(group))?.window;
    const run = messages(group, 40, 45);
    await store.applyHistory({ around: { seq: 42 }, window }, { stream: group, records: run, more: true });
    expect(await store.check(all)).toEqual([]);
    await lose((rows) => rows.messages.delete([group, 43]));
    expect(await store.check(all)).toEqual([group]);
    await store.applyPage(
      pulled([{ ...bootstrap(group, messages(group, 91, 100), 130), reset: true, after: DAMAGED_CURSOR }]),
    );
    expect(await store.conversation(group)).not.toHaveProperty('older');
    expect(await store.check(all)).toEqual([]);
  });

  it('[DG4] [CL20] a bootstrap without a reset, after a cursor was lost, drops the runs too: they may have changed since', async () => {
    const { store, lose } = await filled();
    await store.applyPage(pulled([{ ...bootstrap(group, messages(group, 91, 100), 120), reset: true }]));
    const window = (await store.conversation(group))?.window;
    const run = messages(group, 40, 45);
    await store.applyHistory({ around: { seq: 42 }, window }, { stream: group, records: run, more: true });
    await lose((rows) => rows.cursors.delete(group));
    await store.applyPage(pulled([bootstrap(group, messages(group, 91, 100), 140)]));
    expect(await store.conversation(group)).not.toHaveProperty('older');
    expect((await store.messages(group, {})).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 10 }, (_, index) => 91 + index),
    );
    expect(await store.check(all)).toEqual([]);
  });

  it('[DG4] a conversation’s lost row is seen by its key, and its membership is pulled again', async () => {
    const { store, lose } = await filled();
    await lose((rows) => rows.conversations.delete(group));
    expect(await store.withoutRows()).toEqual([group]);
    expect(await store.check([own, group])).toEqual([own, group]);
    expect(await store.cursors()).toEqual({ [group]: DAMAGED_CURSOR, [other]: 14 });
    await store.applyPage(
      pulled([
        page(own, 2, [membership(group), membership(other, { rev: 2 })], { after: 0 }),
        { ...bootstrap(group, sent), reset: true },
      ]),
    );
    expect(await store.conversation(group)).toMatchObject({ lastSeq: 9, unread: 9, membership: membership(group) });
    expect([await store.check(all), await store.withoutRows()]).toEqual([[], []]);
  });

  it.each([
    ['edited', { text: 'edited' }, 9],
    ['deleted', { text: '', deletedAt: at(20) }, 8],
  ])(
    '[DG4] [RD4] a lost message that arrives again because it was %s leaves the unread count right',
    async (_how, change, unread) => {
      const { store, lose } = await filled();
      await lose((rows) => rows.messages.delete([group, 4]));
      const changed = message(group, 4, { rev: 20, ...change });
      await store.applyChanges({ stream: group, prev: 19, cursor: 20, records: [changed] });
      expect(await store.conversation(group)).toMatchObject({ unread });
      expect(await store.check(all)).toEqual([]);
    },
  );

  it('[DG3] a page that continues from a cursor above the one held is ignored, and the caller is told', async () => {
    const { store } = await filled();
    const skipping = page(group, 40, [message(group, 11, { rev: 40 })], { after: 30 });
    expect(await store.applyPage(pulled([skipping]))).toBe(false);
    expect((await store.cursors())[group]).toBe(19);
    expect(await store.applyPage(pulled([{ ...skipping, after: 19 }]))).toBe(true);
  });

  it('[CL15] [DG3] a bootstrap that another one has overtaken is ignored if it might leave a gap, and only then', async () => {
    const { store } = await filled();
    const before = { epoch: undefined };
    const later = { ...bootstrap(group, messages(group, 60, 90)), after: 0 };
    expect(await store.applyPage(pulled([later]), before)).toBe(false);
    expect(await store.messages(group, {})).toEqual(sent);
    expect(await store.applyPage(pulled([{ ...bootstrap(group, sent), after: 0 }]), before)).toBe(true);
    expect(await store.messages(group, {})).toEqual(sent);
    expect(await store.check(all)).toEqual([]);
  });

  it('[VB5] a stream in the middle of its pages is not checked', async () => {
    const { store } = await filled();
    const change = message(other, 6, { rev: 30 });
    await store.applyPage(pulled([page(other, 30, [change], { more: true })]));
    expect(await store.check(all)).toEqual([]);
    await store.applyPage(pulled([page(other, 31, [message(other, 5, { rev: 31 })])]));
    expect(await store.check(all)).toEqual([]);
  });

  it('[ST4] [VB5] after the loss of a cursor, a bootstrap in several pages leaves no message that may have changed', async () => {
    const { store, lose } = await filled();
    await lose((rows) => rows.cursors.delete(group));
    // Message 3 was edited meanwhile. The bootstrap does not reach down to it, and its first page has no message.
    await store.applyPage(pulled([page(group, 5, bootstrap(group, []).records, { more: true })]));
    expect(await store.conversation(group)).toMatchObject({ historyStart: 0, unread: 0, lastMessage: { seq: 9 } });
    await store.applyPage(pulled([page(group, 20, messages(group, 7, 9))]), {
      epoch: 'first',
      cursors: { [group]: 5 },
    });
    expect((await store.messages(group, {})).map(({ seq }) => seq)).toEqual([7, 8, 9]);
    expect(await store.conversation(group)).toMatchObject({ historyStart: 7, isWhole: false, lastSeq: 9, unread: 9 });
    expect(await store.check(all)).toEqual([]);
  });
});
