import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type UserId, directStream } from '#protocol/ids.ts';
import { MAX_WATCHED } from '#protocol/limits.ts';
import type { Presence } from '#protocol/live.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { anyText } from '#server/streams/testing/world.fixture.ts';
import { type Device, type LiveWorld, openLiveWorld } from './testing/live.fixture.ts';

const of = (userId: UserId, online: boolean) => (presence: Presence) =>
  presence.userId === userId && presence.online === online;

describe('presence', () => {
  let world: LiveWorld;
  beforeEach(async () => {
    world = await openLiveWorld({ times: { offlineAfterMs: 5 } });
  });
  afterEach(() => world.end());

  function watch(device: Device, ...userIds: unknown[]): void {
    device.socket.emit('watch', { userIds });
  }

  it('[LV8] is sent at once and on change, with the time when a person was last seen', async () => {
    await world.ok(ann, op.create(directStream(ann, bob), []));
    const anns = await world.connect(ann);
    watch(anns, bob);
    expect(await anns.until('presence')).toEqual({ userId: bob, online: false });
    const bobs = await world.connect(bob);
    expect(await anns.until('presence', of(bob, true))).toEqual({ userId: bob, online: true, lastSeenAt: anyText });
    const other = await world.connect(bob);
    bobs.socket.disconnect();
    await other.settled();
    await anns.settled();
    expect(anns.of('presence')).toHaveLength(2);
    const left = Date.now();
    other.socket.disconnect();
    const last = await anns.until<Presence>('presence', (each) => !each.online && each.lastSeenAt !== undefined);
    expect(Math.abs(Date.parse(last.lastSeenAt ?? '') - left)).toBeLessThan(30_000);
  });

  it('[LV8] [RA1] is sent only about people with whom a person shares a direct chat or a group now', async () => {
    const group = newGroup();
    await world.ok(eve, op.create(group, [ann, dan], { title: 'Three' }));
    await world.ok(eve, op.remove(group, dan));
    await world.ok(ann, op.create(directStream(ann, bob), []));
    const [anns] = await Promise.all([ann, bob, eve, dan].map((userId) => world.connect(userId)));
    watch(anns as Device, dan, 'nobody', eve, bob);
    await Promise.all([anns?.until('presence', of(eve, true)), anns?.until('presence', of(bob, true))]);
    await anns?.settled();
    expect(new Set(anns?.of<Presence>('presence').map(({ userId }) => userId))).toEqual(new Set([eve, bob]));
  });

  it('[LV8] stops when two people no longer share a conversation, and starts when they share one', async () => {
    const group = newGroup();
    await world.ok(ann, op.create(group, [bob], { title: 'Two' }));
    const anns = await world.connect(ann);
    watch(anns, bob, eve);
    const eves = await world.connect(eve);
    const bobs = await world.connect(bob);
    await anns.until('presence', of(bob, true));
    expect(anns.of<Presence>('presence').some(({ userId }) => userId === eve)).toBe(false);
    await world.ok(ann, op.create(directStream(ann, eve), []));
    await anns.until('presence', of(eve, true));
    await world.ok(ann, op.remove(group, bob));
    await anns.settled();
    const before = anns.of('presence').length;
    bobs.socket.disconnect();
    eves.socket.disconnect();
    await anns.until('presence', of(eve, false));
    expect(anns.of('presence')).toHaveLength(before + 1);
  });

  it('[LV8] a new list replaces the last one; a list that is too long or malformed changes nothing', async () => {
    for (const other of [bob, eve]) await world.ok(ann, op.create(directStream(ann, other), []));
    const anns = await world.connect(ann);
    watch(anns, bob);
    await anns.until('presence', of(bob, false));
    watch(anns, ...Array.from({ length: MAX_WATCHED + 1 }, (_, at) => `somebody${at}`));
    for (const wrong of [undefined, null, [], {}, { userIds: 'x' }, { userIds: [1] }, { userIds: [eve], more: 1 }])
      anns.socket.emit('watch', wrong);
    await anns.settled();
    const bobs = await world.connect(bob);
    await anns.until('presence', of(bob, true));
    watch(anns, eve);
    await anns.until('presence', of(eve, false));
    const before = anns.of<Presence>('presence').filter(({ userId }) => userId === bob).length;
    bobs.socket.disconnect();
    await world.connect(eve);
    await anns.until('presence', of(eve, true));
    expect(anns.of<Presence>('presence').filter(({ userId }) => userId === bob)).toHaveLength(before);
  });
});
