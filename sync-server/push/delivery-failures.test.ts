import { expect, it } from 'vitest';
import { op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob } from '#server/streams/testing/people.fixture.ts';
import { withGroup } from '#server/streams/testing/world.fixture.ts';
import { openPushSenders } from './push-senders.ts';
import { setDeliveries } from './testing/deliveries.fixture.ts';

/** Services that do not accept a push, and servers that end while they send. */
const stage = setDeliveries();

it('[PU4] a push to a busy or silent service is retried less and less often', async () => {
  stage.answers = [503, undefined, 429];
  await stage.world.ok(ann, op.send(stage.chat, 'in the end'));
  await stage.follow();
  await stage.pass(2_000);
  for (const backoffMs of [1_000, 2_000, 4_000]) {
    await stage.pass(backoffMs - 1);
    expect(stage.sent).toEqual([]);
    await stage.pass(1);
  }
  expect(stage.sent).toEqual(['bob: ANN: in the end']);
});

it('[PU3] pushes that a killed server was about to send are sent at once by the next one', async () => {
  await stage.world.ok(ann, op.send(stage.chat, 'on its way'));
  await stage.follow();
  stage.isSilent = true;
  stage.nowMs += 2_000;
  void stage.delivery.deliverDue();
  await expect.poll(stage.jobs.nextDue).toBeGreaterThan(stage.nowMs);
  stage.isSilent = false;
  await stage.jobs.releaseClaims(stage.nowMs);
  await stage.pass(0);
  expect(stage.sent).toEqual(['bob: ANN: on its way']);
});

it('[PU3] of several servers, one takes over the pushes of a killed server once its beat has stopped, and not before', async () => {
  let monotonicMs = 0;
  const beats = { beatMs: 1, deadMs: 9_000 };
  const fail = (error: unknown) => expect.fail(String(error));
  const [first, second] = [1, 2].map(() => openPushSenders(stage.database.connection, beats, fail, () => monotonicMs));
  const beatOf = async () =>
    (
      await stage.database.connection
        .collection<{ _id: string; beat: number }>('push_senders')
        .findOne({ _id: first?.self ?? '' })
    )?.beat ?? 0;
  await stage.world.ok(ann, op.send(stage.chat, 'on its way'));
  await stage.follow();
  stage.nowMs += 2_000;
  // It works as long as the test says, and then behaves as if killed: nothing more is written.
  let kill = (): void => undefined;
  const working = first?.whileBeating(async () => {
    await stage.jobs.claim(first.self, stage.nowMs, stage.nowMs + 120_000, 10);
    await new Promise<void>((resolve) => (kill = resolve));
  });
  const other = stage.deliveryOf({ senders: second });
  const lookAfter = async (ms: number) => {
    monotonicMs += ms;
    await other.deliverDue();
  };
  await expect.poll(beatOf).toBeGreaterThan(1);
  await lookAfter(0);
  const seen = await beatOf();
  await expect.poll(beatOf).toBeGreaterThan(seen);
  await lookAfter(20_000);
  expect(stage.sent).toEqual([]);
  kill();
  await working;
  await lookAfter(0);
  await lookAfter(8_999);
  expect(stage.sent).toEqual([]);
  await lookAfter(1);
  expect(stage.sent).toEqual(['bob: ANN: on its way']);
  await other.close();
});

it('[PU4] jobs that a closing server has claimed and not started are released to the next one at once', async () => {
  const texts = Array.from({ length: 40 }, (_, at) => `chat ${at}`);
  for (const text of texts) {
    const each = await withGroup(stage.world, bob);
    await stage.world.ok(ann, op.send(each, text));
    await stage.consumer.handle(each, await stage.store.log(each, 0, 100), new AbortController().signal);
  }
  const closing = stage.deliveryOf({
    async send() {
      void closing.close();
      return { status: 201, retryAfter: undefined };
    },
  });
  stage.nowMs += 2_000;
  await closing.deliverDue();
  await stage.pass(0);
  expect(stage.sent.length).toBeGreaterThan(0);
  expect(stage.sent.length).toBeLessThan(texts.length);
});

it('[REL-21] pushes are counted, with their delay unless they were held back on purpose', async () => {
  stage.answers = [503, 201, 413, 410];
  for (const text of ['late', 'too large', 'gone']) {
    await stage.world.ok(ann, op.send(stage.chat, text));
    await stage.follow();
    await stage.pass(2_000);
    await stage.pass(1_000);
  }
  const value = (name: string) =>
    stage.metrics.read().find((metric) => metric.name === `teamlink_push_${name}`)?.samples;
  expect(value('sent_total')).toEqual([{ value: 1 }]);
  expect(value('retried_total')).toEqual([{ value: 1 }]);
  expect(value('removed_total')).toEqual([{ value: 1 }]);
  expect(value('failed_total')).toContainEqual({ labels: { reason: 'refused' }, value: 1 });
  expect(value('delay_seconds')).toContainEqual({ suffix: '_count', value: 1 });
});
