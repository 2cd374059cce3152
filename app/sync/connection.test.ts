import { expect, test, vi } from 'vitest';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { AT, pass, settled, until, fakeClock } from './testing/fake-clock.fixture.ts';
import {
  accepted,
  conversationPage,
  isProbe,
  nothing,
  runCaughtUp,
  runEngine,
  send,
  type Running,
  catchUp,
} from './testing/scripted-server.fixture.ts';

fakeClock();
let running: Running | undefined;

test('[CL7] a lost connection is retried after a backoff that doubles up to half a minute', async () => {
  running = await runEngine();
  const { server } = running;
  const waits: number[] = [];
  for (let round = 0; round < 9; round++) {
    server.lose();
    const { connection } = running.statuses.at(-1)!;
    if (connection.phase !== 'connecting' || connection.nextTryAt === undefined)
      throw new Error('the connection is not waiting');
    waits.push(connection.nextTryAt - Date.now());
    vi.advanceTimersByTime(connection.nextTryAt - Date.now() - 1);
    expect(server.isOpen).toBe(false);
    vi.advanceTimersByTime(1);
    expect(server.isOpen).toBe(true);
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

const waitOf = ({ statuses }: Running) => {
  const { connection } = statuses.at(-1)!;
  return connection.phase === 'connecting' ? (connection.nextTryAt ?? 0) - Date.now() : 0;
};
async function loseOften(times: number): Promise<number[]> {
  const waits: number[] = [];
  for (let round = 0; round < times; round++) {
    running!.server.lose();
    waits.push(waitOf(running!));
    await pass(waitOf(running!), 1_000);
  }
  return waits;
}

test('[CL7] while something waits to be sent and the page is visible, the backoff ends at 5 s', async () => {
  let isVisible = true;
  running = await runEngine({ isVisible: () => isVisible });
  const { store, engine } = running;
  await store.enqueue([send('g:a' as ConversationId, 'a1')], AT);
  engine.queued();
  expect(await loseOften(7)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  isVisible = false;
  expect(await loseOften(1)).toEqual([30_000]);
});

test('[CL7] what is queued during a long wait shortens it, unless the server has asked for that wait', async () => {
  running = await runEngine();
  const { engine, server } = running;
  await loseOften(7);
  server.lose();
  expect(waitOf(running)).toBe(30_000);
  engine.queued();
  expect(waitOf(running)).toBe(5_000);
  await pass(5_000, 1_000);
  server.lose({ kind: 'refused', error: { code: 'rate_limited', retryAfterMs: 20_000 } });
  expect(waitOf(running)).toBe(25_000);
  engine.queued();
  expect(waitOf(running)).toBe(25_000);
});

test('[CL7] ops that an earlier session left unsent shorten the backoff too', async () => {
  running = await runEngine();
  await running.store.enqueue([send('g:a' as ConversationId, 'a1')], AT);
  const { store } = running;
  running = await runEngine({ store });
  expect((await loseOften(6)).at(-1)).toBe(5_000);
});

test('[CL7] when the network or the person comes back, it connects at once', async () => {
  running = await runEngine();
  for (let round = 0; round < 8; round++) {
    running.server.lose();
    running.engine.wake('signal');
    expect(running.server.isOpen).toBe(true);
  }
});

test('[CL7] the backoff also grows while the server welcomes the device and then ends the connection', async () => {
  running = await runEngine();
  const { server, store, statuses } = running;
  const waits: number[] = [];
  for (let round = 0; round < 4; round++) {
    server.welcome(store.userId);
    server.lose();
    const { connection } = statuses.at(-1)!;
    waits.push(connection.phase === 'connecting' ? (connection.nextTryAt ?? 0) - Date.now() : 0);
    vi.advanceTimersToNextTimer();
    await pass(waits[round]!);
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
});

test('[CL7] [ask 1] a connection that keeps breaking is retried soon if it transferred something each time', async () => {
  running = await runEngine();
  const { server, store, engine } = running;
  const stream = 'g:a' as ConversationId;
  const nextWait = () => waitOf(running!);
  const waits: number[] = [];
  const lose = async () => {
    server.lose();
    waits.push(nextWait());
    vi.advanceTimersByTime(nextWait());
    await settled();
    server.welcome(store.userId);
  };
  server.welcome(store.userId);
  for (let round = 0; round < 3; round++) await lose();
  // A page that is stored.
  (await server.next('pull')).answer({
    ...conversationPage(store.userId, stream, ['a' as UserId]),
    more: true,
  });
  await until(async () => (await store.conversations()).length > 0);
  await lose();
  await lose();
  // A push that is answered.
  await store.enqueue([send(stream, 'through')], AT);
  engine.queued();
  const push = await server.next('push');
  push.answer({ results: [accepted(push.request.ops[0] as Op)] });
  await until(async () => (await store.outbox()).length === 0);
  await settled();
  await lose();
  expect(waits).toEqual([500, 1_000, 2_000, 500, 1_000, 500]);
});

test('[CL7] [ask 2] a dead connection that looks alive is detected when the page becomes visible, and replaced', async () => {
  running = await runCaughtUp();
  const { server, engine } = running;
  server.answersProbes = false;
  engine.wake('signal');
  await until(() => server.waiting('pull').length === 2);
  await pass(1_500);
  expect(server.connects).toBe(2);
  await catchUp(running);
});

test('[CL7] a connection that answers its probe is kept, and everything that it may have missed is pulled', async () => {
  running = await runCaughtUp();
  const { server, engine } = running;
  engine.wake('signal');
  expect(server.asked.filter(isProbe)).toHaveLength(1);
  const pull = await server.next('pull');
  expect([server.waiting('pull').length, pull.request.only]).toEqual([1, undefined]);
  pull.answer(nothing);
  await pass(30_000);
  expect(server.connects).toBe(1);
  expect(server.waiting('pull')).toEqual([]);
});

test('[ask 2] a tab that was frozen, or whose device slept, notices it by its own clock', async () => {
  running = await runCaughtUp();
  const { server } = running;
  server.answersProbes = false;
  // Ten minutes during which no timer runs.
  vi.setSystemTime(Date.now() + 600_000);
  expect(server.waiting('pull')).toEqual([]);
  vi.advanceTimersByTime(1_000);
  await until(() => server.waiting('pull').length === 2);
});

test('a handshake that hangs in a network that is gone is started again on a signal', async () => {
  running = await runEngine();
  running.engine.wake('signal');
  expect(running.server.connects).toBe(1);
  await pass(3_100);
  running.engine.wake('signal');
  expect(running.server.connects).toBe(2);
});

test('[CL8] a slow handshake on which something arrives is not started again on a signal', async () => {
  running = await runEngine();
  await pass(2_900);
  running.server.events().heard(0);
  await pass(2_900);
  running.engine.wake('signal');
  expect(running.server.connects).toBe(1);
  await pass(200);
  running.engine.wake('signal');
  expect(running.server.connects).toBe(2);
});

test.each([
  ['unauthorized', 'the handshake'],
  ['upgrade_required', 'the handshake'],
  ['unauthorized', 'a pull'],
  ['upgrade_required', 'a pull'],
  ['unauthorized', 'a push'],
  ['upgrade_required', 'a push'],
] as const)('after %s from %s the engine rests, reports it, and waits for the person', async (code, from) => {
  running = await runEngine();
  const { server, engine, store, statuses } = running;
  const error = { code, message: code };
  if (from === 'the handshake') server.lose({ kind: 'refused', error });
  else {
    const stream = `d:${[store.userId, 'zoe'].join('.')}` as never;
    await store.enqueue(
      [
        {
          id: '019ab697-e808-7804-8201-080402010804' as never,
          stream,
          kind: 'message.send',
          text: 'x',
          sentAt: new Date().toISOString(),
        },
      ],
      new Date().toISOString(),
    );
    server.welcome(store.userId);
    (await server.next(from === 'a pull' ? 'pull' : 'push')).answer({ error });
  }
  await until(() => statuses.at(-1)?.connection.phase === 'refused');
  expect(statuses.at(-1)?.connection).toEqual({ phase: 'refused', code });
  expect(server.isOpen).toBe(false);
  const kept = await store.outbox();
  await pass(120_000 / 100);
  engine.wake('signal');
  vi.advanceTimersByTime(300_000);
  await settled();
  expect(server.connects).toBe(1);
  expect((await store.outbox()).map(({ id }) => id)).toEqual(kept.map(({ id }) => id));
  expect((await store.outbox()).every(({ state }) => state === 'queued')).toBe(true);
  engine.wake('press');
  expect(server.connects).toBe(2);
});

test('[CL6] nothing of this person is sent under somebody else’s session', async () => {
  running = await runEngine();
  const { server, statuses } = running;
  server.welcome('somebody-else' as UserId);
  await settled();
  expect(server.asked).toEqual([]);
  expect(server.isOpen).toBe(false);
  expect(statuses.at(-1)?.connection).toEqual({ phase: 'refused', code: 'unauthorized' });
});

test('a device that reports to be offline is shown as offline, and still retries', async () => {
  let isOnline = true;
  running = await runCaughtUp({ isOnline: () => isOnline });
  const { server, engine } = running;
  const before = running.statuses.length;
  isOnline = false;
  engine.offline();
  await pass(2_000);
  expect(new Set(running.phases().slice(before))).toEqual(new Set(['offline']));
  expect(server.connects).toBeGreaterThan(1);
  // The device was wrong.
  await catchUp(running);
});

test('[CL9] when the transport moves to a better way, everything that may have been missed is pulled over it', async () => {
  running = await runCaughtUp();
  await catchUp(running);
  expect(running.server.connects).toBe(1);
});

test('[LV1] a rate-limited handshake waits as long as the server asked', async () => {
  running = await runEngine();
  running.server.lose({ kind: 'refused', error: { code: 'rate_limited', retryAfterMs: 7_000 } });
  vi.advanceTimersByTime(6_999);
  expect(running.server.connects).toBe(1);
  vi.advanceTimersByTime(2_000);
  expect(running.server.connects).toBe(2);
});
