import { afterEach, expect, test, vi } from 'vitest';
import { keptFilesOf } from '#app/local-store/kept-files.ts';
import { startFakeIndexedDb } from '#app/local-store/testing/fake-indexed-db.fixture.ts';
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
import { createEarlierLoader } from '#app/sync/load-history.ts';
import { createSharedLocks } from '#app/sync/testing/lock-manager.fixture.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { HistoryRequest } from '#protocol/verbs.ts';
import { keepMessages } from './keep-messages.ts';

startFakeIndexedDb();
afterEach(() => vi.unstubAllGlobals());

const LAST = 300;

/** A device that holds the newest ten of 300 messages in each of two chats, and a server that has all of them. */
async function device(browser: object) {
  vi.stubGlobal('navigator', { onLine: true, ...browser });
  const store = openMemoryLocalStore({ userId: ann });
  const chats = [newGroup(), newGroup()] as const;
  const windows = chats.map((chat) => bootstrap(chat, messages(chat, LAST - 9, LAST)));
  await store.applyPage(
    pulled([
      page(
        own,
        1,
        chats.map((chat) => membership(chat)),
      ),
      ...windows,
    ]),
  );
  const server = { failures: 0 };
  const ask = async ({ stream, before = 1, limit = 60 }: HistoryRequest) => {
    if (server.failures > 0) {
      server.failures -= 1;
      return undefined;
    }
    const from = Math.max(1, before - limit);
    return { stream, records: messages(stream, from, before - 1), more: from > 1 };
  };
  const loadEarlier = createEarlierLoader({ store, ask, now: () => 0 });
  const held = async (stream: ConversationId) => (await store.messages(stream, {})).length;
  const keep = () => keepMessages({ userId: ann, store, loadEarlier });
  return { chats, keep, server, held: () => Promise.all(chats.map(held)) };
}

test('[CL21] earlier messages are fetched as far as the person has set, and all messages of a chat that is kept offline', async () => {
  const { chats, keep, held } = await device({});
  await keptFilesOf(ann).choose({ offline: [], depth: 50 });
  await keep();
  const few = await held();
  expect(few.map((count) => count >= 50 && count < LAST)).toEqual([true, true]);
  await keptFilesOf(ann).choose({ offline: [chats[1]], depth: 50 });
  await keep();
  expect(await held()).toEqual([few[0], LAST]);
  await keptFilesOf(ann).choose({ offline: [], depth: Infinity });
  await keep();
  expect(await held()).toEqual([LAST, LAST]);
});

test('[CL21] what is chosen while messages are fetched is fetched too, even for a chat that was already done', async () => {
  const { chats, keep, held } = await device({ locks: createSharedLocks().tab('tab') });
  await keptFilesOf(ann).choose({ offline: [], depth: 50 });
  const first = keep();
  await vi.waitFor(async () => expect(Math.max(...(await held()))).toBeGreaterThan(10));
  await keptFilesOf(ann).choose({ offline: [...chats], depth: 50 });
  await Promise.all([first, keep()]);
  expect(await held()).toEqual([LAST, LAST]);
});

test('[CL21] a request that fails is made again, and the other chats do not wait for it', async () => {
  const { keep, server, held } = await device({});
  await keptFilesOf(ann).choose({ offline: [], depth: Infinity });
  server.failures = 2;
  await keep();
  expect([server.failures, ...(await held())]).toEqual([0, LAST, LAST]);
});

test.each([
  ['the person saves data', { connection: { saveData: true } }],
  ['the device has little room left', { storage: { estimate: async () => ({ usage: 90, quota: 100 }) } }],
])('[CL21] nothing is fetched unasked where %s', async (_where, browser) => {
  const { keep, held } = await device(browser);
  await keptFilesOf(ann).choose({ offline: [], depth: Infinity });
  await keep();
  expect(await held()).toEqual([10, 10]);
});
