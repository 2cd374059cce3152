import { afterEach, describe, expect, it } from 'vitest';
import { type ConversationId, directStream } from '#protocol/ids.ts';
import type { TypingNotice } from '#protocol/live.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { type LiveWorld, openLiveWorld } from './testing/live.fixture.ts';

/** Longer than any test, so that nothing ends by this timeout. */
const NEVER_MS = 600_000;
const is = (on: boolean) => (notice: TypingNotice) => notice.on === on;

describe('typing', () => {
  let world: LiveWorld;
  afterEach(() => world.end());

  async function withGroup(typingEndsAfterMs: number, store = createMemoryEntryStore()) {
    world = await openLiveWorld({ store, times: { typingEndsAfterMs } });
    const group = newGroup();
    await world.ok(ann, op.create(group, [bob, eve], { title: 'Three' }));
    return group;
  }

  it('[LV7] is sent to the devices of the other current members, and to nobody else', async () => {
    const group = await withGroup(NEVER_MS);
    await world.ok(ann, op.remove(group, eve));
    const [anns, annsOther, bobs, bobsOther, eves, dans] = await Promise.all(
      [ann, ann, bob, bob, eve, dan].map((userId) => world.connect(userId)),
    );
    anns?.socket.emit('typing', { stream: group, on: true });
    const notice = { stream: group, userId: ann, on: true };
    for (const device of [bobs, bobsOther]) expect(await device?.until('typing')).toEqual(notice);
    anns?.socket.emit('typing', { stream: group, on: false });
    for (const device of [bobs, bobsOther]) await device?.until('typing', is(false));
    for (const device of [anns, annsOther, eves, dans]) await device?.settled();
    for (const device of [anns, annsOther, eves, dans]) expect(device?.of('typing')).toEqual([]);
  });

  it('[LV7] [RA1] is ignored without an answer if it is malformed or its sender is not a member', async () => {
    const group = await withGroup(NEVER_MS);
    await world.ok(ann, op.remove(group, eve));
    const [bobs, eves, dans] = await Promise.all([bob, eve, dan].map((userId) => world.connect(userId)));
    for (const device of [eves, dans]) device?.socket.emit('typing', { stream: group, on: true });
    for (const wrong of [
      undefined,
      null,
      'x',
      {},
      { stream: group },
      { stream: group, on: 1 },
      { stream: 'u:bob', on: true },
      { stream: group, on: true, more: 1 },
    ])
      bobs?.socket.emit('typing', wrong);
    dans?.socket.emit('typing', { stream: directStream(ann, bob), on: true });
    const anns = await world.connect(ann);
    for (const device of [eves, dans, bobs, anns]) await device?.settled();
    expect(anns.of('typing')).toEqual([]);
    expect(bobs?.of('typing')).toEqual([]);
  });

  it('[LV7] expires once, after its timeout', async () => {
    const group = await withGroup(80);
    const [anns, bobs] = await Promise.all([world.connect(ann), world.connect(bob)]);
    anns.socket.emit('typing', { stream: group, on: true });
    await bobs.until('typing', is(false));
    await Promise.all([anns.settled(), bobs.settled()]);
    expect(bobs.of('typing')).toEqual([
      { stream: group, userId: ann, on: true },
      { stream: group, userId: ann, on: false },
    ]);
  });

  it('[LV7] ends at once when the typist sends a message there, over either transport, and not when they edit an older one', async () => {
    const group = await withGroup(NEVER_MS);
    const old = op.send(group, 'old');
    await world.ok(ann, old);
    const [anns, bobs] = await Promise.all([world.connect(ann), world.connect(bob)]);
    anns.socket.emit('typing', { stream: group, on: true });
    await bobs.until('typing', is(true));
    await world.ok(ann, op.edit(group, old.id, 'edited'));
    await world.ok(bob, op.send(group, 'somebody else’s'));
    await bobs.settled();
    expect(bobs.of('typing')).toHaveLength(1);
    await world.ok(ann, op.send(group, 'typed'));
    await bobs.until('typing', is(false));
  });

  it('[LV7] ends at once when the last device on which the person types disconnects', async () => {
    const group = await withGroup(NEVER_MS);
    const [one, two, bobs] = await Promise.all([ann, ann, bob].map((userId) => world.connect(userId)));
    for (const device of [one, two]) device?.socket.emit('typing', { stream: group, on: true });
    await Promise.all([one?.settled(), two?.settled()]);
    one?.socket.disconnect();
    await bobs?.settled();
    expect(bobs?.of<TypingNotice>('typing').every(({ on }) => on)).toBe(true);
    two?.socket.disconnect();
    await bobs?.until('typing', is(false));
  });

  it('[LV7] a flood of notices costs a few packets in a few conversations, and stores nothing', async () => {
    const store = createMemoryEntryStore();
    const group = await withGroup(NEVER_MS, store);
    const groups: ConversationId[] = [group];
    for (let n = 0; n < 30; n++) {
      const one = newGroup();
      groups.push(one);
      await world.ok(ann, op.create(one, [bob], { title: `Group ${n}` }));
    }
    const [anns, bobs] = await Promise.all([world.connect(ann), world.connect(bob)]);
    await Promise.all([anns.settled(), bobs.settled()]);
    const before = store.dump().length;
    for (let n = 0; n < 2_000; n++) anns.socket.emit('typing', { stream: groups[n % groups.length], on: n % 3 !== 0 });
    await anns.settled();
    await bobs.settled();
    expect(bobs.of('typing').length).toBeGreaterThan(0);
    expect(bobs.of('typing').length).toBeLessThan(60);
    expect(store.dump()).toHaveLength(before);
  });
});
