import { afterEach, expect, test, vi } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { wipePerson } from './open.ts';
import { keepShared, keptOf, mayShare, sharedText, takeShared } from './shared-in.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';

startFakeIndexedDb();
afterEach(() => vi.unstubAllGlobals());

test('[SEC-49] signing out removes what was shared, and continues if the browser refuses', async () => {
  const removed: string[] = [];
  vi.stubGlobal('caches', { delete: async (name: string) => removed.push(name) });
  await wipePerson('sharer' as UserId, 200);
  expect(removed).toEqual(['shared-in']);
  vi.stubGlobal('caches', { delete: () => Promise.reject(new Error('refused')) });
  await expect(wipePerson('sharer' as UserId, 200)).resolves.toBeUndefined();
});

test('what another app shares becomes one text without repetitions', () => {
  expect(sharedText('A page', 'Look at this', 'https://a.example')).toBe('A page\nLook at this\nhttps://a.example');
  expect(sharedText('A page', 'A page https://a.example', 'https://a.example')).toBe('A page https://a.example');
  expect(sharedText('https://a.example', '', ' https://a.example ')).toBe('https://a.example');
  expect(sharedText('', '', '')).toBe('');
});

test('a post from another website’s page does not count as a share', () => {
  const own = 'https://chat.example';
  for (const referrer of ['', 'about:client', 'android-app://org.example.gallery', `${own}/c/1`])
    expect([referrer, mayShare(referrer, own)]).toEqual([referrer, true]);
  for (const referrer of ['https://elsewhere.example/', 'http://chat.example/', 'https://chat.example.evil.example/'])
    expect([referrer, mayShare(referrer, own)]).toEqual([referrer, false]);
});

test('what is kept of a share is bounded in number and size', () => {
  const files = (count: number, size: number) => Array.from({ length: count }, () => ({ size }));
  expect(keptOf(files(150, 1))).toHaveLength(100);
  expect(keptOf(files(20, limits.file))).toHaveLength(10);
  expect(keptOf([...files(1, limits.file + 1), ...files(2, 5)])).toEqual(files(2, 5));
});

test('[SEC-49] what was shared is given once, to the person who was signed in then; if nobody was, it is marked', async () => {
  stubCaches();
  const [ann, bob] = ['ann', 'bob'] as UserId[] as [UserId, UserId];
  const form = new FormData();
  form.set('text', 'a secret');
  form.append('files', new File(['a plan'], 'plän.txt', { type: 'text/plain' }));
  const taken = async (by: UserId) => {
    const { files, text, isUnclaimed } = await takeShared(by);
    return [files.map(({ name }) => name), text, isUnclaimed];
  };
  await keepShared(form, ann);
  expect(await taken(ann)).toEqual([['plän.txt'], 'a secret', false]);
  expect(await taken(ann)).toEqual([[], '', true]);
  await keepShared(form, ann);
  expect(await taken(bob)).toEqual([[], '', false]);
  expect(await taken(ann)).toEqual([[], '', true]);
  await keepShared(form, undefined);
  expect(await taken(bob)).toEqual([['plän.txt'], 'a secret', true]);
});

/** A fake of the browser's caches, as far as they are used here. */
function stubCaches(): void {
  const kept = new Map<string, Map<string, Response>>();
  vi.stubGlobal('caches', {
    delete: async (name: string) => kept.delete(name),
    async open(name: string) {
      const cache = kept.get(name) ?? new Map<string, Response>();
      kept.set(name, cache);
      const urlOf = (request: string | Request) =>
        new URL(typeof request === 'string' ? request : request.url, 'https://chat.example').href;
      return {
        put: async (request: string, response: Response) => void cache.set(urlOf(request), response),
        match: async (request: string | Request) => cache.get(urlOf(request))?.clone(),
        keys: async () => [...cache.keys()].map((url) => new Request(url)),
      };
    },
  });
}
