import { Dexie } from 'dexie';
import { afterEach, expect, test, vi } from 'vitest';
import { wipePerson } from '#app/local-store/open.ts';
import { keptFilesDatabaseName } from '#app/local-store/tables.ts';
import { startFakeIndexedDb } from '#app/local-store/testing/fake-indexed-db.fixture.ts';
import type { ConversationId, MediaId, UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { keepFile } from './keep-file.ts';

startFakeIndexedDb();
afterEach(() => vi.unstubAllGlobals());

test('[SEC-49] a sign-out ends the downloads, and those that wait do not bring the database back', async () => {
  const self = 'leaver' as UserId;
  const asked: string[] = [];
  const signals: (AbortSignal | null | undefined)[] = [];
  let answer: (response: Response) => void = () => undefined;
  const answering = new Promise<Response>((resolve) => (answer = resolve));
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
    asked.push(url);
    signals.push(init?.signal);
    return answering;
  });
  const keep = (id: string) => {
    const file = { mediaId: id as MediaId, mime: 'image/png', size: 1, name: 'x' } as Attachment;
    return keepFile({ self, stream: 'g:chat' as ConversationId, file, isAsked: true });
  };
  const kept = [keep('one'), keep('two')];
  await expect.poll(() => asked).toHaveLength(1);
  await wipePerson(self, 200);
  expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  answer(new Response('content', { headers: { 'content-disposition': 'inline' } }));
  await Promise.all(kept);
  expect(asked).toHaveLength(1);
  expect(await Dexie.exists(keptFilesDatabaseName(self))).toBe(false);
});
