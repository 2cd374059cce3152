import { expect, test } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { AT, pass, settled, until, fakeClock } from './testing/fake-clock.fixture.ts';
import {
  accepted,
  messageOf,
  nextId,
  nothing,
  refused,
  runCaughtUp,
  runEngine,
  send,
  type Asked,
  type Running,
} from './testing/scripted-server.fixture.ts';

const [a, b] = ['g:a', 'g:b'] as [ConversationId, ConversationId];
fakeClock();
let running: Running;

async function queue(...ops: Op[]): Promise<void> {
  await running.store.enqueue(ops, AT);
  running.engine.queued();
}
const opsOf = (push: Asked<'push'>) => push.request.ops as Op[];
const textsOf = (push: Asked<'push'>) => opsOf(push).map((op) => (op.kind === 'message.send' ? op.text : op.kind));
const accept = (push: Asked<'push'>) => push.answer({ results: opsOf(push).map((op, at) => accepted(op, at + 1)) });
const outbox = async () =>
  (await running.store.outbox()).map(({ op, state }) => [op.kind === 'message.send' ? op.text : op.kind, state]);

test('[CL2] one push is in flight per stream, and later ops of that stream follow it', async () => {
  running = await runCaughtUp();
  const { server } = running;
  await queue(send(a, 'a1'));
  const first = await server.next('push');
  await queue(send(a, 'a2'), send(b, 'b1'));
  await until(() => server.waiting('push').length === 2);
  await settled();
  expect(server.waiting('push').map(textsOf)).toEqual([['a1'], ['b1']]);
  accept(first);
  await until(() => server.waiting('push').some((push) => textsOf(push).includes('a2')));
  for (const push of server.waiting('push')) accept(push);
  await until(async () => (await outbox()).length === 0);
});

test('[CL2] an op is sent at once if nothing precedes it, and otherwise after the ops before it, and each is sent only once', async () => {
  running = await runCaughtUp();
  const { server, store, engine } = running;
  const queueAtOnce = async (op: Op) => {
    const place = engine.reserve(op.stream);
    const rows = await store.enqueue([op], AT, place !== undefined);
    const started = rows.filter((row) => row.state === 'sending');
    if (place === undefined) engine.queued();
    else if (started.length > 0) place.send(started);
    else place.release();
    return place !== undefined;
  };
  const a1 = send(a, 'a1');
  const place = engine.reserve(a);
  expect(engine.reserve(a)).toBeUndefined();
  // Nothing else is sent on a reserved stream.
  await queue(send(b, 'b1'));
  const b1 = await server.next('push');
  const rows = await store.enqueue([a1], AT, true);
  engine.queued();
  await settled();
  expect(server.waiting('push').map(textsOf)).toEqual([['b1']]);
  place?.send(rows);
  await until(() => server.waiting('push').length === 2);
  expect(server.waiting('push').map((push) => opsOf(push).map(({ retry }) => retry))).toEqual([
    [undefined],
    [undefined],
  ]);
  expect(await queueAtOnce(send(a, 'a2'))).toBe(false);
  expect(await queueAtOnce(send(b, 'b2'))).toBe(false);
  accept(b1);
  for (const push of server.waiting('push')) accept(push);
  await until(() => server.waiting('push').flatMap(textsOf).length === 2);
  expect(new Set(server.waiting('push').flatMap(textsOf))).toEqual(new Set(['a2', 'b2']));
  for (const push of server.waiting('push')) accept(push);
  await until(async () => (await outbox()).length === 0);

  // Ops that an earlier leader left are sent before it.
  await store.enqueue([send(a, 'left')], AT);
  expect(await queueAtOnce(send(a, 'a3'))).toBe(true);
  expect(textsOf(await server.next('push'))).toEqual(['left', 'a3']);
  // The connection ends between the reservation and the write, and the next one sends the op as a retry.
  for (const push of server.waiting('push')) accept(push);
  await until(async () => (await outbox()).length === 0);
  const lost = engine.reserve(b);
  server.lose();
  lost?.send(await store.enqueue([send(b, 'b3')], AT, true));
  expect(engine.reserve(b)).toBeUndefined();
});

test('[CL2] [AP7] a retryable failure holds back its own chat and no other', async () => {
  running = await runCaughtUp();
  const { server } = running;
  await queue(send(a, 'a1'), send(b, 'b1'), send(a, 'a2'));
  const first = await server.next('push');
  const [a1, b1, a2] = opsOf(first) as [Op, Op, Op];
  first.answer({ results: [refused(a1, 'unavailable', 5_000), accepted(b1), refused(a2, 'unavailable')] });
  await until(async () => (await outbox()).length === 2);
  await queue(send(b, 'b2'), send(a, 'a3'));
  const second = await server.next('push');
  expect(textsOf(second)).toEqual(['b2']);
  accept(second);
  await pass(4_900);
  expect(server.waiting('push')).toEqual([]);
  await pass(1_500);
  const third = await server.next('push');
  expect(textsOf(third)).toEqual(['a1', 'a2', 'a3']);
  expect(opsOf(third).map((op) => op.retry)).toEqual([true, true, undefined]);
});

test('[CL2] an op that always breaks the server is retried with backoff, then shown as failed, and its chat continues', async () => {
  running = await runCaughtUp();
  const { server } = running;
  await queue(send(a, 'poison'), send(a, 'a2'));
  const at: number[] = [];
  while ((await outbox())[0]?.[1] !== 'failed') {
    const [push] = server.waiting('push');
    if (push === undefined) await pass(500, 500);
    else {
      at.push(Date.now());
      const [first, second] = opsOf(push) as [Op, Op];
      push.answer({ results: [refused(first, 'internal'), refused(second, 'unavailable')] });
      await settled();
    }
  }
  expect(at.map((ms) => ms - (at[0] ?? 0))).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500, 61_500]);
  await pass(35_000, 1_000);
  const next = await server.next('push');
  expect(textsOf(next)).toEqual(['a2']);
  accept(next);
  await until(async () => (await outbox()).length === 1);
  expect(await outbox()).toEqual([['poison', 'failed']]);
});

test('[ER2] a final refusal is kept with its reason, and the ops after it are sent', async () => {
  running = await runCaughtUp();
  const { server, store } = running;
  await queue(send(a, 'a1'), send(a, 'a2'));
  const push = await server.next('push');
  const [a1, a2] = opsOf(push) as [Op, Op];
  push.answer({ results: [refused(a1, 'forbidden'), accepted(a2)] });
  await until(async () => (await outbox()).length === 1);
  expect((await store.outbox()).map(({ state, error }) => [state, error?.code])).toEqual([['failed', 'forbidden']]);
  await pass(60_000, 1_000);
  expect(server.waiting('push')).toEqual([]);
});

test.each([
  { id: nextId(), stream: a, kind: 'receipt.mark', readSeq: 4 },
  { id: nextId(), stream: a, kind: 'membership.update', draft: 'half a' },
] satisfies Op[])('a $kind that fails permanently is not shown as a failure', async (op) => {
  running = await runCaughtUp();
  await queue(op);
  const push = await running.server.next('push');
  push.answer({ results: [refused(op, 'not_found')] });
  await settled();
  running.engine.queued();
  await settled();
  expect(await outbox()).toEqual([]);
});

test('[ER2] a setting made by the person that fails permanently is kept and shown', async () => {
  running = await runCaughtUp();
  const op = { id: nextId(), stream: a, kind: 'membership.update', archived: true } satisfies Op;
  await queue(op);
  (await running.server.next('push')).answer({ results: [refused(op, 'not_found')] });
  await settled();
  running.engine.queued();
  await settled();
  expect(await outbox()).toEqual([['membership.update', 'failed']]);
});

test('[CL2] [AP3] when an answer is lost with its connection, the same op is sent again once, as a retry', async () => {
  running = await runCaughtUp();
  const { server, store } = running;
  await queue(send(a, 'a1'));
  const first = await server.next('push');
  server.lose();
  await pass(600);
  server.welcome(store.userId);
  (await server.next('pull')).answer(nothing);
  const second = await server.next('push');
  await settled();
  expect(server.waiting('push')).toHaveLength(1);
  expect(opsOf(second)).toEqual([{ ...opsOf(first)[0], retry: true }]);
  expect(second.connection).toBe(2);
  accept(second);
  await until(async () => (await outbox()).length === 0);
  expect(server.asked.filter(({ verb }) => verb === 'push')).toHaveLength(2);
});

test('[CL2] [CL8] a push that the server holds on to is sent again chat by chat, so that one stuck chat does not hold back the others', async () => {
  running = await runCaughtUp();
  const { server } = running;
  await queue(send(a, 'stuck'), send(b, 'b1'));
  await server.next('push');
  // Every probe is answered: the server is there, and only one op hangs.
  await pass(32_000);
  expect(server.waiting('push').map(textsOf).slice(-2)).toEqual([['stuck'], ['b1']]);
  accept(server.waiting('push').at(-1) as Asked<'push'>);
  await queue(send(b, 'b2'));
  await until(() => server.waiting('push').some((push) => textsOf(push).includes('b2')));
  expect(server.connects).toBe(1);
});

test('[VB2] a push refused as a whole is made smaller until the faulty op is alone', async () => {
  running = await runCaughtUp();
  const { server } = running;
  await queue(send(a, 'bad'), send(a, 'a2'), send(b, 'b1'));
  const refusedWhole: unknown[] = [];
  while ((await outbox()).some(([, state]) => state !== 'failed')) {
    const push = await server.next('push');
    if (textsOf(push).includes('bad')) {
      refusedWhole.push(textsOf(push));
      push.answer({ error: { code: 'too_large', message: 'too large' } });
    } else accept(push);
    await settled();
  }
  expect(refusedWhole).toEqual([['bad', 'a2', 'b1'], ['bad', 'a2'], ['bad']]);
  expect(await outbox()).toEqual([['bad', 'failed']]);
});

test('[VB2] [ER1] a push that breaks the server is made smaller until the faulty op is alone and fails', async () => {
  running = await runCaughtUp();
  const { server } = running;
  await queue(send(a, 'a1'), send(a, 'bad'), send(a, 'a2'), send(b, 'b1'));
  const broken: unknown[] = [];
  while ((await outbox()).some(([, state]) => state !== 'failed')) {
    for (const push of server.waiting('push'))
      if (textsOf(push).includes('bad')) {
        broken.push(textsOf(push));
        push.answer({ error: { code: 'internal', message: 'a bug' } });
      } else accept(push);
    await pass(500, 500);
  }
  const alone = Array.from({ length: 8 }, () => ['bad']);
  expect(broken).toEqual([['a1', 'bad', 'a2', 'b1'], ['a1', 'bad', 'a2'], ['bad', 'a2'], ...alone]);
  expect(await outbox()).toEqual([['bad', 'failed']]);
});

test('[ER1] a push that the server asks to wait is sent again after that time', async () => {
  running = await runCaughtUp();
  const { server } = running;
  await queue(send(a, 'a1'));
  (await server.next('push')).answer({ error: { code: 'rate_limited', message: 'slow down', retryAfterMs: 10_000 } });
  await settled();
  await queue(send(a, 'a2'));
  await pass(9_900);
  expect(server.waiting('push')).toEqual([]);
  await pass(3_000);
  expect(textsOf(await server.next('push'))).toEqual(['a1', 'a2']);
});

test('[CL10] on a new connection, what is queued leaves before the catch-up', async () => {
  running = await runEngine();
  const { server, store } = running;
  await queue(send(a, 'a1'), send(b, 'b1'));
  server.welcome(store.userId);
  await server.next('pull');
  await server.next('push');
  expect(server.asked.map(({ verb }) => verb)).toEqual(['push', 'pull']);
});

test('[CL10] a catch-up starts even if nothing can be pushed', async () => {
  running = await runEngine({ mayLead: () => Promise.reject(new Error('no locks')) });
  const { server, store } = running;
  await queue(send(a, 'a1'));
  server.welcome(store.userId);
  await server.next('pull');
  expect(server.asked.map(({ verb }) => verb)).toEqual(['pull']);
});

test('[CL10] a push holds as much as the uplink sends in about 2 s, which is little before it is measured', async () => {
  running = await runCaughtUp();
  const { server } = running;
  await queue(...Array.from({ length: 60 }, () => send(a, 'x'.repeat(2_000))));
  const sizes: number[] = [];
  for (let round = 0; round < 3; round++) {
    const push = await server.next('push');
    sizes.push(opsOf(push).length);
    // The uplink sends 2 ops a second, so 4 fit.
    await pass(opsOf(push).length * 500);
    accept(push);
    await settled();
  }
  expect(sizes).toEqual([2, 4, 4]);
  // On a better link they become larger.
  accept(await server.next('push'));
  await settled();
  expect((await server.next('push')).request.ops.length).toBeGreaterThan(20);
});

test('[CL5] a leader that was replaced while it slept sends nothing', async () => {
  let isLeading = true;
  running = await runCaughtUp({ mayLead: async () => isLeading });
  isLeading = false;
  await queue(send(a, 'a1'));
  await pass(5_000);
  expect(running.server.asked.filter(({ verb }) => verb === 'push')).toEqual([]);
  expect(await outbox()).toEqual([['a1', 'queued']]);
});

test('[ST5] ops that an earlier leader had in flight are sent first, as retries', async () => {
  running = await runEngine();
  const { server, store } = running;
  const a1 = send(a, 'a1');
  await store.enqueue([a1], AT);
  // Marked as attempted by a leader that fell asleep before it sent.
  await store.beginAttempt([a1.id]);
  await store.enqueue([send(a, 'a2')], AT);
  server.welcome(store.userId);
  const push = await server.next('push');
  expect(opsOf(push).map((op) => [op.kind === 'message.send' && op.text, op.retry])).toEqual([
    ['a1', true],
    ['a2', undefined],
  ]);
});

test('[CL2] an accepted message that waits for earlier messages holds nothing back, and leaves the outbox with its record', async () => {
  running = await runCaughtUp();
  const { server, store } = running;
  await store.applyPage({
    epoch: 'one',
    more: false,
    streams: [{ stream: a, cursor: 4, more: false, records: [messageOf(a, 1, 'zoe' as never)] }],
  });
  const a1 = send(a, 'a1');
  await queue(a1);
  (await server.next('push')).answer({ results: [accepted(a1, 5)] });
  await settled();
  await queue(send(a, 'a2'));
  expect(textsOf(await server.next('push'))).toEqual(['a2']);
  const records = [2, 3, 4].map((seq) => messageOf(a, seq, 'zoe' as never));
  const mine = { ...messageOf(a, 5, store.userId), id: a1.id, text: 'a1' };
  server.events().changes({ stream: a, prev: 4, cursor: 8, records: [...records, mine] });
  await until(async () => (await outbox()).length === 1);
});
