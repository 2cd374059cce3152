import { expect, it } from 'vitest';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { createWorld, withDirect } from '#server/streams/testing/world.fixture.ts';
import { defaultTimes } from './deliver-pushes.ts';
import { setDeliveries } from './testing/deliveries.fixture.ts';

/** Which pushes are sent, to whom, and when. */
const stage = setDeliveries();

it('[PU3] waits for two seconds, and sends everything that came meanwhile as one push', async () => {
  await stage.world.ok(ann, op.send(stage.chat, 'one'));
  await stage.follow();
  await stage.pass(1_900);
  expect(stage.sent).toEqual([]);
  await stage.world.ok(ann, op.send(stage.chat, 'two'));
  await stage.follow();
  await stage.pass(100);
  expect(stage.sent).toEqual(['bob: ANN: two']);
});

it('[PU3] entries that are handed over again, after a crash, send nothing twice', async () => {
  await stage.world.ok(ann, op.send(stage.chat, 'once'));
  await stage.follow();
  await stage.pass(2_000);
  await stage.follow();
  await stage.pass(60_000);
  expect(stage.sent).toEqual(['bob: ANN: once']);
});

it('[PU3] a person who joins gets later messages, although the members of a chat are remembered', async () => {
  let rev = await stage.follow();
  await stage.world.ok(ann, op.send(stage.chat, 'before'));
  rev = await stage.follow(rev);
  await stage.pass(2_000);
  await stage.world.ok(ann, op.add(stage.chat, eve));
  rev = await stage.follow(rev);
  await stage.world.ok(ann, op.send(stage.chat, 'after'));
  await stage.follow(rev);
  await stage.pass(2_000);
  expect(stage.sent.toSorted()).toEqual(['bob: ANN: after', 'bob: ANN: before', 'eve: ANN: after']);
});

it('[PU3] messages that were read or deleted, and those of muted chats, are not sent', async () => {
  const { seq } = await stage.world.ok(ann, op.send(stage.chat, 'read'));
  await stage.follow();
  await stage.world.ok(bob, op.mark(stage.chat, { readSeq: seq as number }));
  await stage.pass(2_000);
  const deleted = op.send(stage.chat, 'deleted');
  await stage.world.ok(ann, deleted);
  await stage.follow();
  await stage.world.ok(ann, op.delete(stage.chat, deleted.id));
  await stage.pass(2_000);
  await stage.world.ok(ann, op.send(stage.chat, 'muted'));
  await stage.follow();
  await stage.world.ok(bob, op.settings(stage.chat, { mutedUntil: new Date(stage.nowMs + 3_600_000).toISOString() }));
  await stage.pass(2_000);
  expect(stage.sent).toEqual([]);
  stage.nowMs += 3_600_000;
  await stage.world.ok(ann, op.send(stage.chat, 'heard again'));
  await stage.follow();
  await stage.pass(2_000);
  expect(stage.sent).toEqual(['bob: ANN: heard again']);
});

it('[PU7] a mention passes a mute for people who want that, and is shown instead of the newest message', async () => {
  await stage.world.ok(bob, op.settings(stage.chat, { mutedUntil: '2099-01-01T00:00:00.000Z' }));
  const write = async () => {
    await stage.world.ok(ann, op.send(stage.chat, 'Bob?', { mentions: [bob] }));
    await stage.world.ok(ann, op.send(stage.chat, 'to everybody'));
    await stage.follow();
    await stage.pass(2_000);
  };
  await write();
  expect(stage.sent).toEqual([]);
  stage.settings = { mentions: true };
  await write();
  expect(stage.sent).toEqual(['bob: ANN: Bob?']);
});

it('[RQ2] nothing is sent for a request, not even a mention, and everything once it is accepted', async () => {
  const { store, blocks } = stage;
  const asking = await createWorld({ store, blocks, hasRequests: true });
  const chat = newGroup();
  await asking.ok(dan, op.create(chat, [bob]));
  stage.settings = { mentions: true };
  await asking.ok(dan, op.send(chat, 'Bob?', { mentions: [bob] }));
  const rev = await stage.follow(0, chat);
  await stage.pass(2_000);
  expect(stage.sent).toEqual([]);
  await asking.ok(bob, op.settings(chat, { request: false }));
  await asking.ok(dan, op.send(chat, 'thank you'));
  await stage.follow(rev, chat);
  await stage.pass(2_000);
  expect(stage.sent).toEqual(['bob: thank you']);
  await asking.streams.close();
});

it('[OP18] for a chat, all messages, only mentions or nothing is sent, and a chat may hide what the device would show', async () => {
  const write = async (text: string) => {
    await stage.world.ok(ann, op.send(stage.chat, text, { mentions: [bob] }));
    await stage.world.ok(ann, op.send(stage.chat, 'to everybody'));
    await stage.follow();
    await stage.pass(2_000);
  };
  await stage.world.ok(bob, op.settings(stage.chat, { notify: 'mentions' }));
  await write('Bob?');
  expect(stage.sent.splice(0)).toEqual(['bob: ANN: Bob?']);
  await stage.world.ok(bob, op.settings(stage.chat, { notify: 'nothing' }));
  stage.settings = { mentions: true };
  await write('Bob!');
  expect(stage.sent).toEqual([]);
  await stage.world.ok(bob, op.settings(stage.chat, { notify: null, preview: 'sender' }));
  await write('a secret');
  expect(stage.sent.splice(0)).toEqual(['bob: ANN']);
  await stage.world.ok(bob, op.settings(stage.chat, { preview: 'nothing' }));
  await write('another secret');
  expect(stage.sent).toEqual(['bob: ']);
});

it('[BL3] [BL4] messages of a blocked person are not pushed, neither in the direct chat nor in a group', async () => {
  await stage.world.ok(ann, op.add(stage.chat, eve));
  const direct = await withDirect(stage.world);
  const rev = await stage.follow();
  await stage.world.ok(bob, op.settings(direct, { blocked: true }));
  await stage.world.ok(ann, op.send(stage.chat, 'to the group'));
  await stage.follow(rev);
  await stage.pass(2_000);
  expect(stage.sent.splice(0)).toEqual(['eve: ANN: to the group']);
  await stage.world.ok(ann, op.send(direct, 'to Bob'));
  await stage.world.ok(bob, op.settings(direct, { blocked: false }));
  await stage.follow(0, direct);
  await stage.pass(2_000);
  expect(stage.sent).toEqual([]);
  await stage.world.ok(ann, op.send(direct, 'to Bob again'));
  await stage.follow(0, direct);
  await stage.pass(2_000);
  expect(stage.sent).toEqual(['bob: to Bob again']);
});

it('[PU8] nothing is sent in quiet hours; at their end, messages that are still unread are', async () => {
  stage.nowMs = Date.parse('2026-01-10T22:30:00.000Z');
  stage.settings = { mentions: true, quietHours: { from: '23:00', to: '07:00', timeZone: 'Europe/Berlin' } };
  const { seq } = await stage.world.ok(ann, op.send(stage.chat, 'read in the night'));
  await stage.follow();
  await stage.pass(2_000);
  await stage.world.ok(bob, op.mark(stage.chat, { readSeq: seq as number }));
  await stage.world.ok(ann, op.send(stage.chat, 'good night'));
  await stage.follow();
  await stage.pass(2_000);
  await stage.pass(3_600_000);
  expect(stage.sent).toEqual([]);
  stage.nowMs = Date.parse('2026-01-11T05:59:59.000Z');
  await stage.pass(0);
  expect(stage.sent).toEqual([]);
  await stage.pass(1_000);
  expect(stage.sent).toEqual(['bob: ANN: good night']);
});

it('[SEC-66] a person who was removed, or joined later, gets nothing that they may not read', async () => {
  await stage.world.ok(ann, op.send(stage.chat, 'for members'));
  await stage.follow();
  await stage.world.ok(ann, op.remove(stage.chat, bob));
  await stage.world.ok(ann, op.update(stage.chat, { history: 'joined' }));
  await stage.world.ok(ann, op.add(stage.chat, eve));
  await stage.follow();
  await stage.pass(2_000);
  expect(stage.sent).toEqual([]);
});

it('[LV11] a device with a visible app gets nothing, unless it disappears before its presence is confirmed', async () => {
  stage.isVisible = true;
  await stage.world.ok(ann, op.send(stage.chat, 'seen'));
  await stage.follow();
  await stage.pass(2_000);
  await stage.pass(defaultTimes.visibleMs);
  stage.isVisible = false;
  await stage.pass(defaultTimes.visibleMs);
  expect(stage.sent).toEqual([]);

  stage.isVisible = true;
  await stage.world.ok(ann, op.send(stage.chat, 'lost on the way'));
  await stage.follow();
  await stage.pass(2_000);
  stage.isVisible = false;
  await stage.pass(defaultTimes.visibleMs);
  expect(stage.sent).toEqual(['bob: ANN: lost on the way']);
});
