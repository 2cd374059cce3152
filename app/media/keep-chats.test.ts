import { afterEach, expect, test, vi } from 'vitest';
import { keptFilesOf } from '#app/local-store/kept-files.ts';
import { startFakeIndexedDb } from '#app/local-store/testing/fake-indexed-db.fixture.ts';
import { openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import { ann, bootstrap, message, newGroup, pulled } from '#app/local-store/testing/records.fixture.ts';
import type { MediaId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { keepChats } from './keep-chats.ts';

startFakeIndexedDb();
afterEach(() => vi.unstubAllGlobals());

test('[CL18] [CL20] the files of a chat that is kept offline are fetched from all its runs, the newest first', async () => {
  const asked: string[] = [];
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url.slice(url.lastIndexOf('/') + 1));
    return new Response('content', { headers: { 'content-disposition': 'inline' } });
  });
  const store = openMemoryLocalStore({ userId: ann });
  const stream = newGroup();
  const withFile = (seq: number) =>
    message(stream, seq, { attachments: [{ mediaId: `f${seq}` as MediaId, mime: 'image/png' } as Attachment] });
  await store.applyPage(pulled([bootstrap(stream, [withFile(900), withFile(901)])]));
  const window = (await store.conversation(stream))?.window;
  const answer = { stream, records: [withFile(40), withFile(41)], more: true };
  await store.applyHistory({ around: { seq: 40 }, window }, answer);
  // A message that has changed in a gap is not among what the device holds.
  await store.applyChanges({ stream, prev: 911, cursor: 950, records: [{ ...withFile(100), rev: 950 }] });
  await keptFilesOf(ann).choose({ offline: [stream] });
  await keepChats({ userId: ann, store });
  expect(asked).toEqual(['f901', 'f900', 'f41', 'f40']);
});
