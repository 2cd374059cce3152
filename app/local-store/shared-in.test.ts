import { afterEach, expect, test, vi } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { wipePerson } from './open.ts';
import { sharedText } from './shared-in.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';

startFakeIndexedDb();
afterEach(() => vi.unstubAllGlobals());

test('[SEC-49] signing out removes what was shared, and goes on where the browser refuses', async () => {
  const removed: string[] = [];
  vi.stubGlobal('caches', { delete: async (name: string) => removed.push(name) });
  await wipePerson('sharer' as UserId, 200);
  expect(removed).toEqual(['shared-in']);
  vi.stubGlobal('caches', { delete: () => Promise.reject(new Error('refused')) });
  await expect(wipePerson('sharer' as UserId, 200)).resolves.toBeUndefined();
});

test('what another app shares becomes one text, in which nothing is said twice', () => {
  expect(sharedText('A page', 'Look at this', 'https://a.example')).toBe('A page\nLook at this\nhttps://a.example');
  expect(sharedText('A page', 'A page https://a.example', 'https://a.example')).toBe('A page https://a.example');
  expect(sharedText('https://a.example', '', ' https://a.example ')).toBe('https://a.example');
  expect(sharedText('', '', '')).toBe('');
});
