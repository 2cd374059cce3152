import { expect, it } from 'vitest';
import type { DeviceId, UserId } from '#protocol/ids.ts';
import { op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, eve } from '#server/streams/testing/people.fixture.ts';
import { openNotificationSettings } from './notification-settings.ts';
import { openPush } from './open-push.ts';
import { log, setDeliveries } from './testing/deliveries.fixture.ts';

const stage = setDeliveries();

it('[SEC-66] no device, job or setting is left of a person whose account is deleted', async () => {
  const people = openNotificationSettings(stage.database.connection);
  await people.change(bob, { mentions: true });
  await stage.world.ok(ann, op.send(stage.chat, 'too late'));
  await stage.follow();
  const push = await openPush({
    database: stage.database,
    settings: { vapid: undefined, subject: 'mailto:admin@example.org', hosts: [], testService: undefined },
    entries: stage.store,
    reads: stage.world.streams,
    blocks: stage.blocks,
    now: () => stage.nowMs,
    log,
  });
  await push.personDeleted(bob);
  const device = stage.deviceOf[bob] as DeviceId;
  expect(await stage.subscriptions.find(device)).toBeUndefined();
  const left = await stage.jobs.claim('test', stage.nowMs + 60_000, stage.nowMs + 60_000, 100);
  expect(left.filter((job) => job.device === device)).toEqual([]);
  expect(await people.of(bob)).toEqual({ mentions: false });
  await push.close();
});

it('[SEC-66] of a hundred subscriptions that a person makes at the same time, twenty stay, and nobody else loses theirs', async () => {
  const devices = Array.from({ length: 100 }, () => crypto.randomUUID() as string as DeviceId);
  const some = devices.values();
  const register = async () => {
    for (const device of some) {
      stage.nowMs += 1;
      await stage.register(eve, device);
    }
  };
  await Promise.all(Array.from({ length: 50 }, register));
  const left = await stage.subscriptions.ofPeople([ann, bob, eve]);
  const of = (userId: UserId) => left.filter((each) => each.userId === userId).length;
  expect([of(eve), of(bob) > 0, of(ann) > 0]).toEqual([20, true, true]);
});

it('[SEC-66] a subscription whose session has ended gets nothing and is removed', async () => {
  stage.active.clear();
  await stage.world.ok(ann, op.send(stage.chat, 'too late'));
  await stage.follow();
  await stage.pass(2_000);
  expect(stage.sent).toEqual([]);
  expect(await stage.subscriptions.find(stage.deviceOf[bob] as never)).toBeUndefined();
});
