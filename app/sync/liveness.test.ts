import { expect, test, vi } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import { AT, fakeClock, pass, settled, until } from './testing/fake-clock.fixture.ts';
import {
  conversationPage,
  group,
  isProbe,
  nothing,
  runCaughtUp,
  runEngine,
  send,
  zoe,
  type Running,
} from './testing/scripted-server.fixture.ts';

fakeClock();
const probesOf = ({ server }: Running) => server.asked.filter(isProbe);

test('[CL8] a dead connection of a visible page is replaced within 10 s, although nothing is asked', async () => {
  const running = await runCaughtUp();
  const { server } = running;
  server.answersProbes = false;
  await pass(10_000);
  expect(server.connects).toBe(2);
});

test('[CL8] a page that is hidden and waits for nothing sends no probes', async () => {
  const running = await runCaughtUp({ isVisible: () => false });
  await pass(120_000, 1_000);
  expect(probesOf(running)).toEqual([]);
});

test('[CL8] a dead connection of a hidden page is found while an answer is due', async () => {
  const running = await runCaughtUp({ isVisible: () => false });
  const { server, store, engine } = running;
  server.answersProbes = false;
  await store.enqueue([send('g:a' as ConversationId, 'a1')], AT);
  engine.queued();
  await server.next('push');
  await pass(10_000);
  expect(server.connects).toBe(2);
});

test('[CL8] nothing is probed while anything arrives', async () => {
  const running = await runCaughtUp();
  const { server } = running;
  for (let round = 0; round < 10; round++) {
    await pass(4_000);
    server.events().heard(100);
  }
  expect(probesOf(running)).toEqual([]);
});

test('[CL8] a connection whose bytes keep arriving is kept, however late the answer to its probe is', async () => {
  const running = await runCaughtUp();
  const { server } = running;
  server.answersProbes = false;
  await pass(6_000);
  expect(probesOf(running)).toHaveLength(1);
  // Each packet on a slow line, such as a long text, may take as long as a silence that does not cause a probe yet.
  for (let round = 0; round < 15; round++) {
    server.events().heard(1_000);
    await pass(8_000);
  }
  expect(server.connects).toBe(1);
  await pass(2_000);
  expect(server.connects).toBe(2);
});

test('[CL8] what arrived before a signal proves nothing, and less silence is tolerated after it', async () => {
  const running = await runCaughtUp();
  const { server, engine } = running;
  server.answersProbes = false;
  engine.wake('signal');
  await pass(1_000);
  server.events().heard(1_000);
  engine.wake('signal');
  await pass(3_000);
  expect(server.connects).toBe(2);
});

test('[CL8] the wait for a probe grows with the round trip: at 2 s each way, signals never end a connection', async () => {
  const running = await runEngine();
  const { server, store, engine } = running;
  server.answersProbes = false;
  server.welcome(store.userId);
  for (let second = 0; second < 120; second++) {
    if (second % 6 === 0) engine.wake('signal');
    const due = server.waiting('pull');
    await pass(4_000, 1_000);
    for (const pull of due) pull.answer(nothing);
    await settled();
  }
  expect(server.connects).toBe(1);
});

test('[CL8] for a page that takes longer than estimated, each further connection waits longer, until the page is here', async () => {
  const running = await runEngine();
  const { server, store } = running;
  server.answersProbes = false;
  const TRANSFER_MS = 50_000;
  // A link on which nothing arrives before the page is whole.
  for (let seconds = 0; (await store.conversations()).length === 0; seconds++) {
    if (seconds > 300) throw new Error('the page never arrived');
    server.welcome(store.userId);
    const pull = await server.next('pull');
    const { connects } = server;
    for (let passed = 0; passed < TRANSFER_MS && server.connects === connects; passed += 1_000)
      await pass(1_000, 1_000);
    if (server.connects !== connects) continue;
    pull.answer(conversationPage(store.userId, group, [zoe]));
    await until(async () => (await store.conversations()).length > 0);
  }
  // Each connection asks for a smaller page, so the wait for it grows by less than a factor of two.
  expect(server.connects).toBe(4);
});

test('[CL8] no time limit ends a request that may still be on its way', async () => {
  const running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId);
  const pull = await server.next('pull');
  server.answersProbes = false;
  for (let round = 0; round < 60; round++) {
    server.events().heard(3_000);
    await pass(2_000, 1_000);
  }
  expect([server.connects, pull.isSettled]).toEqual([1, false]);
  expect(server.waiting('pull').filter((one) => !isProbe(one))).toEqual([pull]);
});

test('[CL8] a clock that was set, or a tab that was frozen, does not end a working connection', async () => {
  const running = await runCaughtUp();
  const { server } = running;
  server.answersProbes = false;
  await pass(6_000);
  const [probe] = probesOf(running);
  vi.setSystemTime(Date.now() + 3_600_000);
  await pass(1_000);
  probe?.answer(nothing);
  server.answersProbes = true;
  for (const pull of server.waiting('pull')) pull.answer(nothing);
  await pass(10_000);
  expect(server.connects).toBe(1);
});

test('[CL7] [CL8] a tab that has slept finds out within 3 s that its connection is dead, although it also pulls at once', async () => {
  const { server, store } = await runEngine();
  // So that the thaw is noticed a moment before the first timer of the connection is late.
  await pass(10, 10);
  server.welcome(store.userId);
  (await server.next('pull')).answer(nothing);
  await settled();
  server.answersProbes = false;
  vi.setSystemTime(Date.now() + 10_000);
  await pass(1_000);
  expect(server.waiting('pull').filter((one) => !isProbe(one))).toHaveLength(1);
  await pass(2_000);
  expect(server.connects).toBe(2);
});

test('[CL8] over HTTP a probe is awaited three times as long, because requests wait for each other', async () => {
  const running = await runEngine();
  const { server, store } = running;
  server.answersProbes = false;
  server.welcome(store.userId, undefined, { ms: 2_000, isOverHttp: true });
  (await server.next('pull')).answer(nothing);
  await pass(5_000, 1_000);
  // Without HTTP, 6 s: the round trip and four deviations, which the first exchange leaves at half of it.
  await pass(16_000, 1_000);
  expect(server.connects).toBe(1);
  await pass(4_000, 1_000);
  expect(server.connects).toBe(2);
});
