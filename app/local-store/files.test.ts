import { expect, test } from 'vitest';
import type { ConversationId, MediaId, UserId } from '#protocol/ids.ts';
import { filesOf, type WaitingFile } from './files.ts';
import { wipePerson } from './open.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';

startFakeIndexedDb();

const me = 'me' as UserId;
const waiting = (id: string, addedAt = 0): WaitingFile => ({
  id: id as MediaId,
  stream: 'd:ann.me' as ConversationId,
  content: new Blob(['content']),
  facts: { name: 'x' },
  preview: new Blob(['small']),
  addedAt,
});
const [one, two, three] = ['local_1', 'local_2', 'local_3'] as [MediaId, MediaId, MediaId];

test('[CL14] of an uploaded file only its small picture stays, and files without a message are removed once they are old', async () => {
  const files = filesOf(me);
  await files.add([waiting(one), waiting(two), waiting(three, 100)]);
  await files.uploaded(one, 'server' as MediaId);
  expect([await files.waiting(one), await files.seen('server' as MediaId)]).toEqual([undefined, expect.anything()]);
  await files.removeOthers(new Set(), 50);
  expect([await files.waiting(two), await files.waiting(three)]).toEqual([undefined, expect.anything()]);
  await files.removeOthers(new Set([three]), 200);
  expect(await files.waiting(three)).toBeDefined();
});

test('[CL6] signing out deletes the files, and the same person can sign in again in the same tab', async () => {
  await filesOf(me).add([waiting(one)]);
  await wipePerson(me, 200);
  expect(await filesOf(me).waiting(one)).toBeUndefined();
  await filesOf(me).add([waiting(two)]);
  expect(await filesOf(me).waiting(two)).toBeDefined();
});
