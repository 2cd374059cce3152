import { afterEach, expect, test, vi } from 'vitest';
import type { HistoryRequest } from '#protocol/verbs.ts';
import { openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import {
  ann,
  bootstrap,
  membership,
  messages,
  newGroup,
  own,
  page,
  pulled,
} from '#app/local-store/testing/records.fixture.ts';
import { askHistory, createEarlierLoader, createHistoryLoader } from './load-history.ts';

afterEach(() => vi.unstubAllGlobals());

const LAST = 3_000;

/** A device with the newest 50 of 3,000 messages, on a link on which each answer takes so long. */
async function deviceOn(answerMs: () => number) {
  const store = openMemoryLocalStore({ userId: ann });
  const stream = newGroup();
  await store.applyPage(
    pulled([page(own, 1, [membership(stream)]), bootstrap(stream, messages(stream, LAST - 49, LAST))]),
  );
  const asked: HistoryRequest[] = [];
  let time = 0;
  const load = createEarlierLoader({
    store,
    now: () => time,
    ask: (request) => {
      asked.push(request);
      time += answerMs();
      const { before = LAST + 1, limit = 50 } = request;
      const from = Math.max(1, before - limit);
      return Promise.resolve({ stream, records: messages(stream, from, before - 1), more: from > 1 });
    },
  });
  return { store, stream, asked, load };
}

test('[ask 12] on the way far back, pages grow as long as they come quickly: 3,000 messages take a few requests', async () => {
  const { store, stream, asked, load } = await deviceOn(() => 50);
  while (!((await store.conversation(stream))?.isWhole ?? true)) expect(await load(stream, 'far')).toBe(true);
  expect(await store.messages(stream, {})).toHaveLength(LAST);
  expect(asked.map(({ limit }) => limit)).toEqual([60, 240, 960, 1_000, 1_000]);
  expect(asked.map(({ maxBytes }) => maxBytes)).toEqual([undefined, 245_760, 983_040, 1_024_000, 1_024_000]);
  expect(await load(stream, 'far')).toBe(false);
});

test('[CL12] on a slow link they stay small, and shrink again when it becomes slow', async () => {
  let ms = 3_000;
  const { stream, asked, load } = await deviceOn(() => ms);
  for (ms of [3_000, 3_000, 100, 100, 3_000, 3_000]) await load(stream, 'far');
  await load(stream, 'far');
  expect(asked.map(({ limit }) => limit)).toEqual([60, 60, 60, 240, 960, 240, 60]);
});

test('a page that a reader scrolls to is always a small one', async () => {
  const { stream, asked, load } = await deviceOn(() => 50);
  await load(stream, 'far');
  await load(stream, 'far');
  await load(stream);
  expect(asked.at(-1)).toMatchObject({ limit: 60 });
  expect(asked.at(-1)?.maxBytes).toBeUndefined();
});

test('[CL20] an answer that a reset has overtaken does not count as a success, so that nobody keeps asking', async () => {
  const store = openMemoryLocalStore({ userId: ann });
  const stream = newGroup();
  const newest = messages(stream, LAST - 49, LAST);
  await store.applyPage(pulled([page(own, 1, [membership(stream)]), bootstrap(stream, newest)]));
  let isReset = true;
  const load = createHistoryLoader({
    store,
    async ask() {
      if (isReset) await store.applyPage(pulled([{ ...bootstrap(stream, newest, 9_000), reset: true }]));
      return { stream, records: messages(stream, 41, 60), more: true };
    },
  });
  expect(await load(stream, { around: { seq: 50 } })).toBeUndefined();
  isReset = false;
  expect(await load(stream, { around: { seq: 50 } })).toHaveLength(20);
});

test('[CL20] history is asked for again after `retryAfterMs`, and not after a refusal', async () => {
  const request: HistoryRequest = { stream: newGroup(), limit: 60 };
  const found = { stream: request.stream, records: [], more: false };
  const askOf = async (...answers: object[]) => {
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json(answers.shift())));
    return { answer: await askHistory(ann, request), unasked: answers.length };
  };
  const busy = { error: { code: 'rate_limited', message: 'wait', retryAfterMs: 1 } };
  expect(await askOf(busy, busy, found)).toEqual({ answer: found, unasked: 0 });
  expect(await askOf({ error: { code: 'not_found', message: 'no' } }, found)).toEqual({
    answer: undefined,
    unasked: 1,
  });
});
