import { expect, onTestFinished, test, vi } from 'vitest';
import type { Rows } from '#app/local-store/rows.ts';
import { createMemoryDisk, openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import { behindOf, type CursorOf, DAMAGED_CURSOR } from '#protocol/digest.ts';
import { groupStream, personalStream, type StreamId, type UserId } from '#protocol/ids.ts';
import type { PullAnswer, PullRequest } from '#protocol/verbs.ts';
import { fakeClock, pass, settled, until } from './testing/fake-clock.fixture.ts';
import { conversationPage, group as g, messageOf, nextId, nothing, zoe } from './testing/scripted-server.fixture.ts';
import { runEngine, type Running } from './testing/scripted-server.fixture.ts';

fakeClock();
const CELLS = 12_288;
const phase = ({ phases }: Running) => phases().at(-1);
const cellsIn = ({ digest }: PullRequest) => (digest?.cells.length ?? 0) / 14;
/** What the server concludes from a request’s digest. */
const behind = ({ digest }: PullRequest, heads: CursorOf[]) =>
  digest === undefined ? undefined : Object.fromEntries(behindOf(digest, heads).cursors);

/** A device that holds one group, up to rev 4, and connects to a server that knows digests. */
async function runWithGroup(): Promise<Running> {
  const running = await runEngine();
  const { store, server } = running;
  await store.applyPage(conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]));
  server.welcome(store.userId, CELLS);
  return running;
}

/** With another salt, one in a hundred digests of so few streams would be ambiguous. */
const fixSalt = () =>
  onTestFinished(vi.spyOn(crypto, 'getRandomValues').mockImplementation((given) => given).mockRestore);

test('[DG1] a reconnect with nothing new is one request with the digest of what is durable, and one answer', async () => {
  fixSalt();
  const running = await runWithGroup();
  const { server, store } = running;
  const { request, answer } = await server.next('pull');
  expect(request).toEqual({ epoch: 'one', limit: 1_000, window: 20, digest: expect.anything() as unknown });
  expect(
    behind(request, [
      [personalStream(store.userId), 1],
      [g, 4],
    ]),
  ).toEqual({});
  expect(
    behind(request, [
      [personalStream(store.userId), 2],
      [g, 9],
    ]),
  ).toEqual({
    [personalStream(store.userId)]: 1,
    [g]: 4,
  });
  answer(nothing);
  await until(() => phase(running) === 'online');
  expect(server.waiting('pull')).toEqual([]);
});

test('[DG2] the rest is asked for with its token, and the number of remaining streams is shown', async () => {
  const running = await runEngine();
  const { server, store, statuses } = running;
  server.welcome(store.userId, CELLS);
  const first = await server.next('pull');
  // A device that holds nothing needs no cells.
  expect(cellsIn(first.request)).toBe(3);
  const page = conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]);
  first.answer({ ...page, more: true, rest: { token: 'abc', streams: 7 } });
  const second = await server.next('pull');
  expect(second.request).toEqual({ epoch: 'one', rest: 'abc', limit: 1_000, window: 20 });
  await until(() => statuses.at(-1)?.connection.phase === 'catching-up');
  await settled();
  expect(statuses.at(-1)?.connection).toEqual({ phase: 'catching-up', streamsDone: 2, streamsTotal: 9 });
  second.answer(nothing);
  await until(() => phase(running) === 'online');
});

test('[DG1] if more differs than the digest can tell, a larger one with another salt follows', async () => {
  const running = await runEngine();
  const { server, store } = running;
  const groups = Array.from({ length: 80 }, () => groupStream(nextId()));
  for (const group of groups) await store.applyPage(conversationPage(store.userId, group, [zoe]));
  server.welcome(store.userId, CELLS);
  const first = await server.next('pull');
  first.answer({ ...nothing, more: true });
  const second = await server.next('pull');
  expect([cellsIn(first.request), cellsIn(second.request)]).toEqual([120, 171]);
  expect(second.request.digest?.salt).not.toBe(first.request.digest?.salt);
  second.answer(nothing);
  await until(() => phase(running) === 'online');
});

test('[DG3] a page that does not continue from what is held is ignored, and another digest follows', async () => {
  const running = await runWithGroup();
  const { server, store } = running;
  const answer: PullAnswer = {
    ...nothing,
    streams: [{ stream: g, after: 6, cursor: 8, more: false, records: [messageOf(g, 5, zoe, { rev: 8 })] }],
  };
  (await server.next('pull')).answer(answer);
  const second = await server.next('pull');
  expect((await store.cursors())[g]).toBe(4);
  expect(second.request.digest).toBeDefined();
  second.answer(nothing);
  await until(() => phase(running) === 'online');
});

test('[LV4] a gap in the own stream is filled by a digest, which brings new conversations too; other gaps by cursors', async () => {
  const running = await runWithGroup();
  const { server, store } = running;
  (await server.next('pull')).answer(nothing);
  await until(() => phase(running) === 'online');
  server.events().heads({ [g]: 9 });
  const few = await server.next('pull');
  expect(few.request).toMatchObject({ only: [g], cursors: { [g]: 4 } });
  few.answer(nothing);
  await settled();
  server.events().heads({ [personalStream(store.userId)]: 5 });
  const all = await server.next('pull');
  expect([all.request.only, all.request.digest === undefined]).toEqual([undefined, false]);
  all.answer(nothing);
  await settled();
});

test('[DG5] a server that knows no digests, or refuses them, or learns nothing from them, gets the cursors', async () => {
  const cursors = { 'u:me': 1, [g]: 4 };
  const old = await runEngine();
  await old.store.applyPage(conversationPage(old.store.userId, g, [zoe], [messageOf(g, 1, zoe)]));
  old.server.welcome(old.store.userId);
  expect((await old.server.next('pull')).request.cursors).toEqual(cursors);
  const refusing = await runWithGroup();
  (await refusing.server.next('pull')).answer({ error: { code: 'invalid', message: 'unknown field' } });
  expect((await refusing.server.next('pull')).request.cursors).toEqual(cursors);
  const unclear = await runWithGroup();
  for (let round = 0; round < 4; round++) (await unclear.server.next('pull')).answer({ ...nothing, more: true });
  expect((await unclear.server.next('pull')).request.cursors).toEqual(cursors);
});

test('[DG5] more cursors than fit a packet are sent in pieces, the own stream first', async () => {
  const running = await runEngine();
  const { server, store } = running;
  const own = personalStream(store.userId);
  const groups = Array.from({ length: 2_100 }, () => groupStream(nextId()));
  await store.applyPage({
    ...nothing,
    streams: [
      { stream: own, records: [], cursor: 1, more: false },
      ...groups.map((stream) => ({ stream, records: [], cursor: 1, more: false })),
    ],
  });
  server.welcome(store.userId);
  const named: StreamId[][] = [];
  for (let piece = 0; piece < 3; piece++) {
    const { request, answer } = await server.next('pull');
    expect(Object.keys(request.cursors ?? {})).toEqual(request.only);
    named.push([...(request.only ?? [])]);
    answer(nothing);
    await settled();
  }
  expect(named[0]).toEqual([own]);
  expect(new Set(named.flat())).toEqual(new Set([own, ...groups]));
  await until(() => phase(running) === 'online');
});

/** A device whose disk the test can reach, caught up with a server that knows digests. */
async function runOnDisk(lose: (rows: Rows) => Promise<unknown> = async () => undefined) {
  const disk = createMemoryDisk();
  const store = openMemoryLocalStore({ userId: 'me' as UserId, disk });
  const sent = [1, 2, 3].map((seq) => messageOf(g, seq, zoe));
  await store.applyPage(conversationPage(store.userId, g, [zoe], sent));
  await lose(disk.rows.rows);
  disk.rows.commit();
  const running = await runEngine({ store });
  running.server.welcome(store.userId, CELLS);
  (await running.server.next('pull')).answer(nothing);
  await until(() => phase(running) === 'online');
  return { ...running, store, disk };
}

test('[DG4] lost rows are found when the device has caught up, and their stream is pulled with a cursor above every head', async () => {
  const { server, store } = await runOnDisk((rows) => Promise.resolve(rows.messages.delete([g, 2])));
  const { request } = await server.next('pull');
  expect(request).toMatchObject({ only: [g], cursors: { [g]: DAMAGED_CURSOR } });
  expect(await store.repairs()).toBe(1);
});

test('[DG4] a conversation without its row is found before the digest, and so is its membership', async () => {
  fixSalt();
  const disk = createMemoryDisk();
  const store = openMemoryLocalStore({ userId: 'me' as UserId, disk });
  await store.applyPage(conversationPage(store.userId, g, [zoe], [messageOf(g, 1, zoe)]));
  await disk.rows.rows.conversations.delete(g);
  disk.rows.commit();
  const { server } = await runEngine({ store });
  server.welcome(store.userId, CELLS);
  const { request } = await server.next('pull');
  expect(
    behind(request, [
      [personalStream(store.userId), 1],
      [g, 4],
    ]),
  ).toEqual({ 'u:me': 0, [g]: DAMAGED_CURSOR });
});

test('[DG4] whole rows cause no request, and are checked again only after a while', async () => {
  const { server, store } = await runOnDisk();
  const check = vi.spyOn(store, 'check');
  await pass(5_000);
  server.lose();
  await pass(1_000);
  server.welcome(store.userId, CELLS);
  (await server.next('pull')).answer(nothing);
  await pass(5_000);
  expect(server.waiting('pull')).toEqual([]);
  expect(check).not.toHaveBeenCalled();
  expect(await store.repairs()).toBe(0);
});

test('[DG4] rows that somebody clears while the app runs are noticed by the next change, and everything is pulled', async () => {
  const { server, disk } = await runOnDisk();
  const { cursors, conversations, members, messages, facts } = disk.rows.rows;
  for (const table of [cursors, conversations, members, messages, facts]) await table.clear();
  disk.rows.commit();
  server.events().changes({ stream: g, prev: 6, cursor: 7, records: [messageOf(g, 4, zoe)] });
  const { request } = await server.next('pull');
  expect(request.only).toBeUndefined();
  expect(behind(request, [[g, 7]])).toEqual({ [g]: 0 });
});
