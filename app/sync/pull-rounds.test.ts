import { expect, test, vi } from 'vitest';
import { personalStream } from '#protocol/ids.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import { pass, settled, until, fakeClock } from './testing/fake-clock.fixture.ts';
import { conversationPage, group as g, messageOf, nothing, zoe } from './testing/scripted-server.fixture.ts';
import { runCaughtUp, runEngine, type Running } from './testing/scripted-server.fixture.ts';

fakeClock();
let running: Running;
const seqs = async () => (await running.store.messages(g, {})).map(({ seq }) => seq);
const phase = () => running.phases().at(-1);

test('the first pull follows the welcome at once, and `online` is reported only when all its pages are here', async () => {
  running = await runEngine();
  const { server, store, statuses } = running;
  server.welcome(store.userId);
  const first = await server.next('pull');
  expect(first.request).toEqual({ cursors: {}, limit: 1_000 });
  const page = conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]);
  first.answer({ ...page, more: true });
  const second = await server.next('pull');
  expect(second.request).toEqual({
    epoch: 'one',
    cursors: { [personalStream(store.userId)]: 1, [g]: 4 },
    limit: 1_000,
  });
  await until(() =>
    statuses.some(({ connection }) => connection.phase === 'catching-up' && connection.streamsDone > 0),
  );
  expect(statuses.at(-1)?.connection).toEqual({ phase: 'catching-up', streamsDone: 2, streamsTotal: 2 });
  expect(running.phases()).not.toContain('online');
  second.answer({ ...nothing, streams: [{ stream: g, cursor: 5, more: false, records: [messageOf(g, 2, zoe)] }] });
  await until(() => phase() === 'online');
  expect(statuses.at(-1)?.caughtUpAt).toBe(Date.now());
  expect(await seqs()).toEqual([1, 2]);
});

test('[ST4] [LV4] live changes that arrive during a pull are applied, and those beyond a gap cause another pull', async () => {
  running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId);
  const first = await server.next('pull');
  // Beyond what is held, so there is a gap to fetch.
  server.events().changes({ stream: g, prev: 4, cursor: 5, records: [messageOf(g, 2, zoe)] });
  await settled();
  first.answer(conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]));
  const again = await server.next('pull');
  expect([again.request.only, again.request.cursors?.[g]]).toEqual([[g], 4]);
  expect(running.phases()).not.toContain('online');
  // During that pull, a change without a gap.
  server.events().changes({ stream: g, prev: 4, cursor: 6, records: [messageOf(g, 2, zoe), messageOf(g, 3, zoe)] });
  await until(async () => (await seqs()).length === 3);
  again.answer({ ...nothing, streams: [{ stream: g, cursor: 5, more: false, records: [messageOf(g, 2, zoe)] }] });
  await until(() => phase() === 'online');
  expect(await seqs()).toEqual([1, 2, 3]);
  expect((await store.cursors())[g]).toBe(6);
});

test('[CL12] a page is as large as the link brings in a short time, and of the usual size until that is measured', async () => {
  running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId);
  /** Answers the pull that waits after this time, as a page of so many bytes. */
  const nextAfter = async (ms: number, bytes: number) => {
    const pull = await server.next('pull');
    await pass(ms);
    server.events().heard(bytes);
    const seq = (pull.request.cursors?.[g] ?? 3) - 2;
    pull.answer({ ...conversationPage(store.userId, g, [zoe], [messageOf(g, seq, zoe)]), more: true });
    await settled();
    return pull.request.maxBytes;
  };
  expect(await nextAfter(2_000, 32_000)).toBeUndefined();
  expect(await nextAfter(2_000, 24_000)).toBe(24_000);
  const shrunk = await nextAfter(4_000, 24_000);
  expect(shrunk).toBeLessThan(24_000);
  for (let nth = 0; nth < 20; nth++) await nextAfter(1, 32_000);
  expect((await server.next('pull')).request.maxBytes).toBe(256 * 1024);
});

test('[CL12] the round trip that the handshake has shown does not count as the time of a page', async () => {
  running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId, undefined, { ms: 1_500, isOverHttp: false });
  const first = await server.next('pull');
  await pass(2_000);
  server.events().heard(20_000);
  first.answer({ ...conversationPage(store.userId, g, [zoe]), more: true });
  // 20 kB in half a second.
  expect((await server.next('pull')).request.maxBytes).toBe(60_000);
});

test('[CL12] after a connection that was lost, pages are smaller, and grow again with each that arrives', async () => {
  running = await runEngine();
  const { server, store } = running;
  const lose = async () => {
    server.lose();
    await pass(5_000);
    server.welcome(store.userId);
    return server.next('pull');
  };
  server.welcome(store.userId);
  await server.next('pull');
  await lose();
  const pull = await lose();
  expect(pull.request.maxBytes).toBe(8 * 1024);
  const page = (seq: number) => ({
    ...conversationPage(store.userId, g, [zoe], [messageOf(g, seq, zoe)]),
    more: true,
  });
  pull.answer(page(1));
  // The next one is asked for before this one is written.
  const next = await server.next('pull');
  await settled();
  next.answer(page(2));
  expect((await server.next('pull')).request.maxBytes).toBe(16 * 1024);
});

test('on a link that is slower than the signals, a device that has everything reports so', async () => {
  running = await runEngine();
  const { server, store, engine, phases } = running;
  server.welcome(store.userId);
  const first = await server.next('pull');
  engine.wake('signal');
  first.answer(nothing);
  await until(() => phases().at(-1) === 'online');
  // The signal is followed by a pull of its own.
  expect((await server.next('pull')).request.only).toBeUndefined();
});

test('[LV5] heads reveal a change that was lost, and only its stream is pulled', async () => {
  running = await runCaughtUp();
  const { server, store } = running;
  await store.applyPage(conversationPage(store.userId, g, [zoe]));
  server.events().heads({ [g]: 2 });
  await settled();
  expect(server.waiting('pull')).toEqual([]);
  server.events().heads({ [g]: 4 });
  const pull = await server.next('pull');
  expect(pull.request.only).toEqual([g]);
  pull.answer({ ...nothing, streams: [{ stream: g, cursor: 4, more: false, records: [messageOf(g, 1, zoe)] }] });
  await until(async () => (await seqs()).length === 1);
});

test('[CL8] a pull that the server holds on to, although it answers probes, is sent again over the same connection', async () => {
  running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId);
  const first = await server.next('pull');
  await pass(32_000);
  const again = server.waiting('pull').at(-1)!;
  expect(again).not.toBe(first);
  expect([again.request, again.connection]).toEqual([first.request, 1]);
  again.answer(nothing);
  await until(() => phase() === 'online');
});

test.each([
  [{ code: 'rate_limited', message: 'slow down', retryAfterMs: 4_000 } as const, 4_000],
  [{ code: 'unavailable', message: 'later' } as const, 500],
  [{ code: 'internal', message: 'a bug' } as const, 500],
])('[ER1] a pull refused with %o is retried later, and what is due stays due', async (error, waitMs) => {
  running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId);
  (await server.next('pull')).answer({ error });
  await settled();
  // A request in the meantime does not shorten the wait.
  running.engine.wake('signal');
  await pass(waitMs - 100);
  expect(server.waiting('pull')).toEqual([]);
  await pass(waitMs / 4 + 200);
  (await server.next('pull')).answer(nothing);
  await until(() => phase() === 'online');
});

test('a server that answers `more` without any progress is not asked in a tight loop', async () => {
  running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId);
  for (let round = 0; round < 3; round++) {
    (await server.next('pull')).answer({ ...nothing, more: true });
    await settled();
    expect(server.waiting('pull')).toEqual([]);
    await pass(500 * 2 ** round + 100);
  }
  expect(running.phases()).not.toContain('online');
  (await server.next('pull')).answer(nothing);
  await until(() => phase() === 'online');
});

test('[VB6] [CL4] if a pull of some streams reveals another epoch, all streams are pulled', async () => {
  running = await runCaughtUp();
  const { server, store } = running;
  await store.applyPage(conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]));
  server.events().heads({ [g]: 9 });
  const other: PullAnswer = {
    ...nothing,
    epoch: 'two',
    streams: [{ stream: g, records: [], cursor: 0, more: false, reset: true }],
  };
  (await server.next('pull')).answer(other);
  const whole = await server.next('pull');
  expect(whole.request).toEqual({ epoch: 'two', cursors: {}, limit: 1_000 });
});

test('[SH5] unknown records of a newer server advance the cursor and do nothing else', async () => {
  running = await runCaughtUp();
  const { server, store } = running;
  await store.applyPage(conversationPage(store.userId, g, [zoe]));
  server.events().changes({ stream: g, prev: 2, cursor: 3, records: [{ type: 'poll', id: 'p', stream: g, rev: 3 }] });
  await until(async () => (await store.cursors())[g] === 3);
  expect(running.defects).toEqual([]);
});

test('a storage failure is reported, and the lost page is fetched again', async () => {
  running = await runCaughtUp();
  const { server, store, defects } = running;
  const applyPage = vi.spyOn(store, 'applyPage').mockRejectedValueOnce(new Error('the disk is full'));
  server.events().heads({ [g]: 3 });
  const page = conversationPage(store.userId, g, [zoe]);
  (await server.next('pull')).answer(page);
  await until(() => defects.length === 1);
  await pass(600);
  (await server.next('pull')).answer(page);
  await until(async () => (await store.cursors())[g] === 2);
  expect(applyPage).toHaveBeenCalledTimes(2);
});

test('if the connection ends during a pull, the next one pulls what is due', async () => {
  running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId);
  await server.next('pull');
  server.lose();
  await pass(600);
  server.welcome(store.userId);
  const second = await server.next('pull');
  await settled();
  expect(server.waiting('pull')).toHaveLength(1);
  expect([second.connection, second.request.only]).toEqual([2, undefined]);
});
