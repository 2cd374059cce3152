import { expect, test } from 'vitest';
import { groupStream, type ConversationId } from '#protocol/ids.ts';
import { fakeClock, settled, until } from './testing/fake-clock.fixture.ts';
import { conversationPage, group as g, messageOf, nextId, nothing, zoe } from './testing/scripted-server.fixture.ts';
import { runCaughtUp, runEngine, type Running } from './testing/scripted-server.fixture.ts';

fakeClock();
const CELLS = 120;
let running: Running;
/** The waiting pulls of single streams. */
const named = () => running.server.waiting('pull').filter(({ request }) => (request.only?.length ?? 0) > 0);

test('[CL15] the chat that somebody looks at is pulled in parallel with everything else, and shown before that has arrived', async () => {
  running = await runEngine();
  const { server, store, engine } = running;
  engine.prefer(g);
  server.welcome(store.userId, CELLS);
  await until(() => named().length === 1 && server.waiting('pull').length === 2);
  const [open] = named();
  expect(open?.request).toMatchObject({ only: [g], cursors: {} });
  open?.answer({ ...conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]) });
  await until(async () => (await store.messages(g, {})).length === 1);
  expect(running.phases()).not.toContain('online');
  // It arrives again with everything else, and changes nothing.
  const all = server.waiting('pull').find(({ request }) => request.digest !== undefined);
  const { streams } = conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]);
  all?.answer({ ...nothing, streams: streams.map((page) => ({ ...page, after: 0 })) });
  await until(() => running.phases().at(-1) === 'online');
  expect(await store.messages(g, {})).toHaveLength(1);
  expect(await store.check([g])).toEqual([]);
});

test('[CL15] a chat that is opened while the device catches up comes at once; afterwards nothing more is asked for', async () => {
  running = await runEngine();
  const { server, store, engine } = running;
  server.welcome(store.userId, CELLS);
  const all = await server.next('pull');
  expect(named()).toEqual([]);
  engine.prefer(g);
  await until(() => named().length === 1);
  named()[0]?.answer(nothing);
  all.answer(nothing);
  await until(() => running.phases().at(-1) === 'online');
  engine.prefer(groupStream(nextId()));
  await settled();
  expect(server.waiting('pull')).toEqual([]);
});

test('[CL15] [VB6] a chat that is being created is not asked for, because the server may not know it yet', async () => {
  running = await runCaughtUp();
  const { server, store, engine } = running;
  server.lose();
  const made: ConversationId = groupStream(nextId());
  await store.enqueue([{ id: nextId(), stream: made, kind: 'conversation.create', memberIds: [zoe] }], '2026-01-01');
  engine.prefer(made);
  engine.wake('press');
  await until(() => server.isOpen);
  server.welcome(store.userId, CELLS);
  await server.next('pull');
  await settled();
  expect(named()).toEqual([]);
});

test('[CL15] [CL4] a chat that can no longer be read is kept until the pull of everything else brings the reason', async () => {
  running = await runCaughtUp();
  const { server, store, engine } = running;
  await store.applyPage(conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]));
  server.lose();
  engine.prefer(g);
  engine.wake('press');
  await until(() => server.isOpen);
  server.welcome(store.userId, CELLS);
  await until(() => named().length === 1);
  named()[0]?.answer({ ...nothing, streams: [{ stream: g, records: [], cursor: 0, more: false, reset: true }] });
  await settled();
  expect(await store.messages(g, {})).toHaveLength(1);
});
