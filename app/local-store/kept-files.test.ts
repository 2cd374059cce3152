import { expect, test } from 'vitest';
import type { ConversationId, MediaId, UserId } from '#protocol/ids.ts';
import { FIRST_CHOICES, filesToRemove } from './file-choices.ts';
import { keptFilesOf } from './kept-files.ts';
import { wipePerson } from './open.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';

startFakeIndexedDb();

const [chat, offline] = ['g:chat', 'g:offline'] as ConversationId[] as [ConversationId, ConversationId];
const facts = (name: string, size: number, usedAt: number, stream = chat) => ({ name, size, usedAt, stream });
const names = (files: { name: string }[] | undefined) => files?.map(({ name }) => name);

test('[CL18] the least recently used files are removed first, as many as needed, and none of a chat that is kept offline', () => {
  const files = [facts('new', 40, 3), facts('old', 40, 1), facts('pinned', 900, 0, offline), facts('middle', 10, 2)];
  const choices = { budget: 100, offline: [offline] };
  expect(names(filesToRemove(files, 10, choices))).toEqual([]);
  expect(names(filesToRemove(files, 11, choices))).toEqual(['old']);
  expect(names(filesToRemove(files, 60, choices))).toEqual(['old', 'middle']);
  expect(names(filesToRemove(files, 101, choices))).toBeUndefined();
});

test('[CL18] files are kept within the budget, freed on request, and gone after a sign-out', async () => {
  const me = 'kept' as UserId;
  const files = keptFilesOf(me);
  const keep = (id: string, size: number, stream = chat) =>
    files.keep({
      id: id as MediaId,
      stream,
      content: new Blob(['x'.repeat(size)]),
      mime: 'image/png',
      disposition: '',
    });
  await files.choose({ budget: 100, offline: [offline] });
  expect([await keep('a', 60), await keep('b', 30, offline), await keep('c', 101)]).toEqual([true, true, false]);
  expect(await files.usage()).toEqual({ bytes: 90, count: 2 });
  await keep('d', 50);
  expect(await Promise.all(['a', 'b', 'd'].map((id) => files.has(id as MediaId)))).toEqual([false, true, true]);
  expect((await files.get('d' as MediaId))?.mime).toBe('image/png');
  await files.choose({ budget: 10 });
  expect(await files.usage()).toEqual({ bytes: 30, count: 1 });
  await files.choose({ offline: [] });
  await files.free();
  expect(await files.usage()).toEqual({ bytes: 0, count: 0 });
  await wipePerson(me, 200);
  expect(await keptFilesOf(me).choices()).toEqual(FIRST_CHOICES);
});

test('[CL18] two choices made at the same time are both kept', async () => {
  const files = keptFilesOf('chooser' as UserId);
  await Promise.all([
    files.choose(({ automatic }) => ({ automatic: { ...automatic, image: 'never' } })),
    files.choose(({ automatic }) => ({ automatic: { ...automatic, video: 'never' } })),
  ]);
  expect((await files.choices()).automatic).toEqual({ ...FIRST_CHOICES.automatic, image: 'never', video: 'never' });
});
