import { expect, it } from 'vitest';
import { type OpId, type UserId, personalStream, scheduledRecordId, sentIdOf } from '#protocol/ids.ts';
import { MAX_POLL_QUESTION, MAX_SCHEDULED, MAX_SCHEDULED_DAYS } from '#protocol/limits.ts';
import type { ScheduledRecord } from '#protocol/record.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { nextId, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { type World, createWorld, withDirect, withGroup } from '#server/streams/testing/world.fixture.ts';

const HOUR_MS = 3_600_000;
const at = (world: World, ms: number) => new Date(world.clock.ms + ms).toISOString();
const place = (nth: number) => scheduledRecordId(ann, nth);

async function places(world: World, user: UserId = ann): Promise<ScheduledRecord[]> {
  const records = await world.seen(user, personalStream(user));
  return records.filter((record) => record.type === 'scheduled');
}

const waiting = async (world: World) => (await places(world)).flatMap(({ message }) => message ?? []);

async function texts(world: World, stream: Parameters<World['history']>[1]) {
  const { records } = await world.history(bob, stream);
  return records.filter(({ event }) => event === undefined).map(({ id, text }) => [id, text]);
}

it('[SM1] waits only on its author’s stream; its place is used again, and a repeated op takes one place', async () => {
  const world = await createWorld();
  const group = await withGroup(world, bob);
  const asked = op.send(group, 'a question');
  await world.ok(bob, asked);
  const first = op.schedule(group, 'later', at(world, HOUR_MS), { replyTo: asked.id, mentions: [bob, bob] });
  await world.ok(ann, first);
  await world.ok(ann, { ...first, retry: true });
  const second = op.schedule(group, 'much later', at(world, 2 * HOUR_MS));
  await world.ok(ann, second);
  expect(await places(world)).toMatchObject([
    { id: place(0), message: { id: first.id, text: 'later', replyTo: asked.id, mentions: [bob], dueAt: first.dueAt } },
    { id: place(1), message: { id: second.id } },
  ]);
  expect(await places(world, bob)).toEqual([]);
  await world.ok(ann, op.unschedule(group, first.id));
  const emptied = (await places(world)).find(({ id }) => id === place(0));
  expect(emptied?.message).toBeNull();
  const third = op.schedule(group, 'instead', at(world, HOUR_MS));
  await world.ok(ann, third);
  expect((await places(world)).map(({ id, message }) => [id, message?.id])).toEqual([
    [place(1), second.id],
    [place(0), third.id],
  ]);
  await world.streams.close();
});

it('[SM1] content that a message may not have is refused, and so is a message that is one too many or too far ahead', async () => {
  const world = await createWorld();
  const group = await withGroup(world, bob);
  const soon = at(world, HOUR_MS);
  const refusals: [object, string][] = [
    [op.schedule(group, ' ', soon), 'invalid text'],
    [op.schedule(group, 'x', 'tomorrow'), 'invalid dueAt'],
    [op.schedule(group, 'x', at(world, (MAX_SCHEDULED_DAYS + 1) * 24 * HOUR_MS)), 'too_large dueAt'],
    [op.schedule(group, 'x', soon, { mentions: [bob, eve] }), 'not_found mentions.1'],
    [op.schedule(group, 'x', soon, { replyTo: nextId() }), 'not_found replyTo'],
    [
      op.schedule(group, 'x', soon, { attachments: [{ mediaId: 'a' }, { mediaId: 'a' }] }),
      'invalid attachments.1.mediaId',
    ],
    [op.schedule(group, 'x', soon, { attachments: [{ mediaId: 'a' }] }), 'not_found attachments.0.mediaId'],
    [op.schedule(group, '', soon, { poll: { options: ['a', 'b'] } }), 'invalid text'],
    [op.schedule(group, 'x'.repeat(MAX_POLL_QUESTION + 1), soon, { poll: { options: ['a', 'b'] } }), 'too_large text'],
    [
      op.schedule(group, 'x', soon, { poll: { options: ['a', 'b'] }, attachments: [{ mediaId: 'a' }] }),
      'invalid attachments',
    ],
  ];
  for (const [given, refusal] of refusals) expect(await world.refusal(ann, given)).toBe(refusal);
  expect(await world.refusal(eve, op.schedule(group, 'x', soon))).toBe('not_found stream');
  expect(await places(world)).toEqual([]);
  const all = Array.from({ length: MAX_SCHEDULED }, (_, nth) => op.schedule(group, `${nth}`, soon));
  expect((await world.push(ann, ...all)).every(({ ok }) => ok)).toBe(true);
  expect(await world.refusal(ann, op.schedule(group, 'one too many', soon))).toBe('too_large kind');
  await world.streams.close();
});

it('[SM2] [SM4] only its author changes it or takes it back while it waits; afterwards the answer says what became of it', async () => {
  const world = await createWorld();
  const group = await withGroup(world, bob);
  const given = op.schedule(group, 'later', at(world, HOUR_MS), { mentions: [bob] });
  await world.ok(ann, given);
  const dueAt = at(world, 2 * HOUR_MS);
  await world.ok(ann, op.reschedule(group, given.id, { text: 'even later', dueAt }));
  expect(await waiting(world)).toMatchObject([{ text: 'even later', dueAt, mentions: [bob] }]);
  const { rev } = await world.ok(ann, op.reschedule(group, given.id, { mentions: [] }));
  expect(await world.ok(ann, op.reschedule(group, given.id, { dueAt }))).toMatchObject({ rev });
  const far = at(world, (MAX_SCHEDULED_DAYS + 1) * 24 * HOUR_MS);
  for (const [more, refusal] of [
    [{ text: '' }, 'invalid text'],
    [{ dueAt: far }, 'too_large dueAt'],
    [{ mentions: [dan] }, 'not_found mentions.0'],
  ] as const)
    expect(await world.refusal(ann, op.reschedule(group, given.id, more))).toBe(refusal);
  expect(await world.refusal(bob, op.reschedule(group, given.id, { text: 'mine' }))).toBe('not_found scheduledId');
  await world.ok(bob, op.unschedule(group, given.id));
  expect(await waiting(world)).toHaveLength(1);
  expect(await world.refusal(eve, op.unschedule(group, given.id))).toBe('not_found scheduledId');
  const direct = await withDirect(world);
  await world.ok(ann, op.unschedule(direct, given.id));
  expect(await waiting(world)).toHaveLength(1);
  await world.ok(ann, op.unschedule(group, given.id));
  expect(await waiting(world)).toEqual([]);
  await world.ok(ann, op.unschedule(group, given.id));
  expect(await world.refusal(ann, op.reschedule(group, given.id, { text: 'x' }))).toBe('not_found scheduledId');
  expect(await world.streams.sendScheduled(ann, place(0))).toBe('over');
  expect(await texts(world, group)).toEqual([]);
  await world.streams.close();
});

it('[SM3] [SM4] is sent once when it is due, by any server, and cannot be taken back then', async () => {
  const store = createMemoryEntryStore();
  const world = await createWorld({ store });
  const other = await createWorld({ store });
  const group = await withGroup(world, bob);
  const given = op.schedule(group, 'good morning', at(world, HOUR_MS), { mentions: [bob] });
  await world.ok(ann, given);
  expect(await world.streams.sendScheduled(ann, place(0))).toBe('early');
  world.clock.ms += HOUR_MS + 1_000;
  other.clock.ms = world.clock.ms;
  const send = ({ streams }: World) => streams.sendScheduled(ann, place(0));
  for (let isOver = false; !isOver;)
    isOver = (await Promise.all([send(world), send(other)])).every((end) => end === 'over');
  expect(await texts(other, group)).toEqual([[sentIdOf(given.id), 'good morning']]);
  const { records } = await world.history(bob, group);
  expect(records.at(-1)).toMatchObject({ senderId: ann, mentions: [bob] });
  expect(await waiting(world)).toEqual([]);
  expect(await world.refusal(ann, op.unschedule(group, given.id))).toBe('conflict scheduledId');
  expect(await world.refusal(ann, op.reschedule(group, given.id, { text: 'x' }))).toBe('conflict scheduledId');
  await Promise.all([world.streams.close(), other.streams.close()]);
});

it('[SM1] [PO1] a poll waits too: its question can be changed, and it is asked when it is due', async () => {
  const world = await createWorld();
  const group = await withGroup(world, bob);
  const poll = { options: ['tea', 'coffee'], isMultiple: true };
  const given = op.schedule(group, 'Which', at(world, HOUR_MS), { poll });
  await world.ok(ann, given);
  expect(await waiting(world)).toMatchObject([{ text: 'Which', poll }]);
  const long = op.reschedule(group, given.id, { text: 'x'.repeat(MAX_POLL_QUESTION + 1) });
  expect(await world.refusal(ann, long)).toBe('too_large text');
  await world.ok(ann, op.reschedule(group, given.id, { text: 'Which one?', dueAt: null }));
  expect(await world.streams.sendScheduled(ann, place(0))).toBe('over');
  const { records } = await world.history(bob, group);
  expect(records.at(-1)).toMatchObject({ id: sentIdOf(given.id), text: 'Which one?', poll: { ...poll, votes: {} } });
  await world.streams.close();
});

it('[SM2] a time that has passed, and no time, mean at once', async () => {
  const world = await createWorld();
  const group = await withGroup(world, bob);
  await world.ok(ann, op.schedule(group, 'past', at(world, -HOUR_MS)));
  expect(await world.streams.sendScheduled(ann, place(0))).toBe('over');
  const given = op.schedule(group, 'now', at(world, HOUR_MS));
  await world.ok(ann, given);
  await world.ok(ann, op.reschedule(group, given.id, { dueAt: null }));
  expect(await world.streams.sendScheduled(ann, place(0))).toBe('over');
  expect((await texts(world, group)).map(([, text]) => text)).toEqual(['past', 'now']);
  await world.streams.close();
});

it('[SM3] [SM4] after a crash between any two of its steps it is sent once, and a person who cancels it is told the truth', async () => {
  for (let writes = 1; writes <= 4; writes++) {
    let left = Number.POSITIVE_INFINITY;
    const store = createMemoryEntryStore({
      flush: () => (left-- > 0 ? Promise.resolve() : Promise.reject(new StoreUnavailable('crashed'))),
    });
    const before = await createWorld({ store, deadlineMs: 200 });
    const group = await withGroup(before, bob);
    const given = op.schedule(group, 'once', at(before, -1));
    await before.ok(ann, given);
    left = writes - 1;
    await Promise.allSettled([before.streams.sendScheduled(ann, place(0))]);
    left = Number.POSITIVE_INFINITY;
    const after = await createWorld({ store });
    const [cancelled] = await after.push(ann, op.unschedule(group, given.id));
    for (let end = 'again'; end !== 'over';) end = await after.streams.sendScheduled(ann, place(0));
    expect({ writes, sent: (await texts(after, group)).length }).toEqual({
      writes,
      sent: cancelled?.ok === true ? 0 : 1,
    });
    expect(await waiting(after)).toEqual([]);
    await Promise.all([before.streams.close(), after.streams.close()]);
  }
});

it('[SM5] rights are checked when it is sent; a refused message stays with its reason, and can be changed or cancelled', async () => {
  const barred = new Set<UserId>();
  const world = await createWorld({ isBarred: (user) => Promise.resolve(barred.has(user)) });
  const group = await withGroup(world, bob, dan);
  await world.ok(ann, op.role(group, bob, 'owner'));
  const given = op.schedule(group, 'hello', at(world, -1), { mentions: [bob, dan] });
  await world.ok(ann, given);
  await world.ok(bob, op.remove(group, dan));
  await world.ok(bob, op.remove(group, ann));
  expect(await world.streams.sendScheduled(ann, place(0))).toBe('over');
  expect(await waiting(world)).toMatchObject([{ id: given.id, failure: { code: 'not_found', path: 'stream' } }]);
  expect(await world.streams.sendScheduled(ann, place(0))).toBe('over');
  expect(await world.refusal(ann, op.reschedule(group, given.id, { dueAt: null }))).toBe('not_found stream');
  await world.ok(bob, op.add(group, ann));
  barred.add(ann);
  await world.ok(ann, op.reschedule(group, given.id, { dueAt: null }));
  expect(await world.streams.sendScheduled(ann, place(0))).toBe('over');
  expect(await waiting(world)).toMatchObject([{ failure: { code: 'forbidden' } }]);
  expect(await texts(world, group)).toEqual([]);
  barred.clear();
  await world.ok(ann, op.reschedule(group, given.id, {}));
  expect(await world.streams.sendScheduled(ann, place(0))).toBe('over');
  // A person who has left is no longer mentioned.
  expect((await world.history(bob, group)).records.at(-1)).toMatchObject({ text: 'hello', mentions: [bob] });
  const last = op.schedule(group, 'never', at(world, -1));
  await world.ok(ann, last);
  await world.ok(bob, op.remove(group, ann));
  await world.streams.sendScheduled(ann, place(0));
  await world.ok(ann, op.unschedule(group, last.id));
  expect(await waiting(world)).toEqual([]);
  await world.streams.close();
});

it('[SM5] [AC2] deleting an account cancels what it had scheduled', async () => {
  const world = await createWorld();
  const direct = await withDirect(world);
  const ids: OpId[] = [];
  for (const text of ['one', 'two']) {
    const given = op.schedule(direct, text, at(world, HOUR_MS));
    ids.push(given.id);
    await world.ok(ann, given);
  }
  expect((await waiting(world)).map(({ id }) => id)).toEqual(ids);
  await world.streams.personDeleted(ann);
  expect(await waiting(world)).toEqual([]);
  await world.streams.close();
});
