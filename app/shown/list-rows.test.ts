import { expect, test } from 'vitest';
import type { ListChange, LocalStore, Reading } from '#app/local-store/local-store.ts';
import { openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import {
  accepted,
  ann,
  at as minute,
  bob,
  bootstrap,
  membership,
  message,
  newGroup,
  nextId,
  own,
  page,
  pulled,
} from '#app/local-store/testing/records.fixture.ts';
import { markDelivered } from '#app/ops/own.ts';
import { directStream, type ConversationId, type UserId } from '#protocol/ids.ts';
import { createListReader } from './list-rows.ts';

/** A store with `count` groups, a reader of its list, and what that reads. */
async function listOf(count: number) {
  const store = openMemoryLocalStore({ userId: ann });
  const groups = Array.from({ length: count }, newGroup);
  await store.applyPage(
    pulled([
      page(
        own,
        count,
        groups.map((group, at) => membership(group, { rev: at + 1 })),
      ),
      ...groups.map((group, at) => bootstrap(group, [message(group, 1, { createdAt: minute(at) })])),
    ]),
  );
  const reader = createListReader(ann);
  const read: ConversationId[][] = [];
  let isBroken = false;
  const noting = (reading: Reading): Reading => ({
    ...reading,
    conversationsOf: (streams) => {
      read.push([...streams]);
      if (isBroken) throw new Error('the device cannot read');
      return reading.conversationsOf(streams);
    },
  });
  return {
    store,
    groups,
    read,
    fail: (now: boolean) => {
      isBroken = now;
    },
    list: (change: ListChange = {}) => {
      reader.note(change);
      return store.snapshot((reading) => reader.read(noting(reading)));
    },
  };
}

test('unchanged rows are the same objects, so that they are not drawn again', async () => {
  const { store, groups, list } = await listOf(3);
  const [group] = groups as [ConversationId];
  const before = await list();
  const op = { id: nextId(), ...markDelivered(group, 1) };
  await store.enqueue([op], minute(5));
  await store.settle([accepted(op, 90)]);
  const after = await list({ conversations: [group], outbox: [op.id] });
  expect(after).toBe(before);
  await say(store, group, 2);
  const changed = await list({ conversations: [group] });
  expect(changed).not.toBe(before);
  expect(changed.outbox).toBe(before.outbox);
  expect(changed.rows.slice(1)).toEqual(before.rows.filter(({ stream }) => stream !== group));
  for (const row of changed.rows.slice(1)) expect(before.rows).toContain(row);
});

const direct = directStream(ann, bob);
const streamsOf = ({ rows }: { rows: readonly { stream: ConversationId }[] }) => rows.map(({ stream }) => stream);
const say = (store: LocalStore, stream: ConversationId, seq: number) =>
  store.applyChanges({ stream, prev: 1, cursor: 40, records: [message(stream, seq, { rev: 40 })] });

test('[ask 12] a change of one chat reads only that chat, moves it to its place, and keeps every other row', async () => {
  const { store, groups, read, list } = await listOf(700);
  const before = await list();
  expect(streamsOf(before)).toEqual(groups.toReversed());
  expect(read).toEqual([]);
  const moved = groups[5] as ConversationId;
  await say(store, moved, 900);
  const after = await list({ conversations: [moved] });
  expect(read).toEqual([[moved]]);
  expect(streamsOf(after)).toEqual([moved, ...streamsOf(before).filter((stream) => stream !== moved)]);
  expect(after.rows[0]).toMatchObject({ lastSeq: 900 });
  expect(after.rows.slice(1)).toEqual(before.rows.filter(({ stream }) => stream !== moved));
  for (const row of after.rows.slice(1)) expect(before.rows).toContain(row);
  expect([after.people, after.outbox, after.drafts]).toEqual([before.people, before.outbox, before.drafts]);
  expect(after.people).toBe(before.people);
});

test('a chat that is new is listed, and one whose row is gone is not', async () => {
  const { store, groups, list } = await listOf(3);
  await list();
  const added = newGroup();
  await store.applyPage(
    pulled([
      page(own, 9, [membership(added, { rev: 9 })]),
      bootstrap(added, [message(added, 1, { createdAt: minute(9) })]),
    ]),
  );
  expect(streamsOf(await list({ conversations: [added] }))).toEqual([added, ...groups.toReversed()]);
  const [gone, ...left] = groups as [ConversationId, ...ConversationId[]];
  await store.applyPage({ ...pulled([page(own, 9, [membership(added, { rev: 9 })])]), epoch: 'another' });
  expect(streamsOf(await list({ conversations: [gone, ...left] }))).toEqual([added]);
});

test('a person gets a name as soon as the device knows it', async () => {
  const { store, list } = await listOf(0);
  await store.applyPage(pulled([page(own, 9, [membership(direct, { rev: 9 })])]));
  expect((await list()).people.get(bob)).toBeUndefined();
  await store.rememberPeople([{ id: bob, name: 'Bob Burns' }]);
  expect((await list({ people: [bob] })).people.get(bob)?.name).toBe('Bob Burns');
});

test('what a failed read missed is read by the next one', async () => {
  const { store, groups, fail, list } = await listOf(3);
  await list();
  const [first] = groups as [ConversationId];
  await say(store, first, 900);
  fail(true);
  await expect(list({ conversations: [first] })).rejects.toThrow('cannot read');
  fail(false);
  expect(streamsOf(await list())[0]).toBe(first);
});

test('a draft in a chat that does not exist yet is listed under the name of its person', async () => {
  const { store, list } = await listOf(1);
  await list();
  const cid = 'cid' as UserId;
  const direct = directStream(ann, cid);
  await store.rememberPeople([{ id: cid, name: 'Cid' }]);
  await store.saveDraft(direct, 'Hello', '');
  const { rows, people } = await list({ drafts: 'all' });
  const [row] = rows;
  expect(row?.stream).toBe(direct);
  // Its person is named, although no other chat names them.
  expect(people.get(cid)?.name).toBe('Cid');
  expect((await list({ outbox: 'all' })).rows[0]).toBe(row);
});
