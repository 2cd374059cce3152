import { expect, test } from 'vitest';
import { groupStream, uuidV7, type UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { isKnown, type FeedRecord, type KnownRecord } from '#protocol/record.ts';
import { AT, pass, settled, fakeClock } from './testing/fake-clock.fixture.ts';
import { accepted, conversationPage, group as g, messageOf, nothing } from './testing/scripted-server.fixture.ts';
import { runCaughtUp, runEngine, zoe, type Running } from './testing/scripted-server.fixture.ts';

fakeClock();
let running: Running;

/** Lets a second pass, answers every push, and returns the marks that were sent. */
async function marks(): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let n = 0; n < 10; n++) {
    await pass(100);
    for (const push of running.server.waiting('push')) {
      const ops = push.request.ops as Op[];
      for (const op of ops) seen.push(op.kind === 'receipt.mark' ? [op.stream, op.deliveredSeq] : op.kind);
      push.answer({ results: ops.map((op) => accepted(op)) });
    }
    await settled();
  }
  return seen;
}
function change(prev: number, ...records: KnownRecord[]): void {
  const cursor = Math.max(...records.map(({ rev }) => rev));
  running.server.events().changes({ stream: g, prev, cursor, records });
}

test('[RD2] a burst of messages is marked as delivered once', async () => {
  running = await runCaughtUp();
  await running.store.applyPage(conversationPage(running.store.userId, g, [zoe]));
  change(2, messageOf(g, 1, zoe));
  change(4, messageOf(g, 2, zoe));
  change(5, messageOf(g, 3, zoe));
  expect(await marks()).toEqual([[g, 3]]);
  change(6, messageOf(g, 4, zoe));
  expect(await marks()).toEqual([[g, 4]]);
});

test('[RD2] catching up over many pages marks each chat once, at the end', async () => {
  running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId);
  (await server.next('pull')).answer({
    ...conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]),
    more: true,
  });
  for (let seq = 2; seq < 6; seq++) {
    const pull = await server.next('pull');
    expect(await marks()).toEqual([]);
    pull.answer({
      ...nothing,
      more: true,
      streams: [{ stream: g, cursor: seq + 3, more: true, records: [messageOf(g, seq, zoe)] }],
    });
  }
  (await server.next('pull')).answer(nothing);
  expect(await marks()).toEqual([[g, 5]]);
});

test('[RD3] nothing is marked in a chat of more than 50 people', async () => {
  running = await runCaughtUp();
  const others = Array.from({ length: 50 }, (_, n) => `other${n}` as UserId);
  await running.store.applyPage(conversationPage(running.store.userId, g, others));
  change(2, messageOf(g, 1, 'other1' as UserId));
  expect(await marks()).toEqual([]);
});

test('[RD1] own messages, system messages, and messages already marked or read are not marked', async () => {
  running = await runCaughtUp();
  const { store } = running;
  const page = conversationPage(store.userId, g, [zoe]);
  const marked = (one: FeedRecord): FeedRecord =>
    isKnown(one) && one.type === 'member' && one.userId === store.userId ? { ...one, deliveredSeq: 2 } : one;
  await store.applyPage({
    ...page,
    streams: page.streams.map((one) => ({ ...one, records: one.records.map(marked) })),
  });
  change(2, messageOf(g, 1, zoe), messageOf(g, 2, zoe), messageOf(g, 3, store.userId));
  change(6, { ...messageOf(g, 4, zoe), event: { kind: 'member.add', by: zoe } });
  expect(await marks()).toEqual([]);
});

test('nothing is marked in a chat that the person has left', async () => {
  running = await runCaughtUp();
  const { store, server } = running;
  await store.applyPage(conversationPage(store.userId, g, [zoe]));
  change(2, messageOf(g, 1, zoe));
  const own = conversationPage(store.userId, g, [zoe]).streams[0]!;
  const left = { ...own.records[0], rev: 2, leftAt: AT } as KnownRecord;
  server.events().changes({ stream: own.stream, prev: 1, cursor: 2, records: [left] });
  expect(await marks()).toEqual([]);
});

test('[ask 12] after a first sync of many chats, marks are queued in pieces', async () => {
  running = await runEngine();
  const { server, store } = running;
  server.welcome(store.userId);
  const chats = Array.from({ length: 450 }, (_, at) => groupStream(uuidV7(Date.parse(AT) + at, new Uint8Array(10))));
  const pages = chats.flatMap((chat) => conversationPage(store.userId, chat, [zoe], [messageOf(chat, 1, zoe)]).streams);
  (await server.next('pull')).answer({ ...nothing, streams: pages });
  await pass(500);
  await settled();
  expect(await store.outbox()).toHaveLength(200);
  expect(await marks()).toHaveLength(450);
});
