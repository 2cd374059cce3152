import { expect, test, vi } from 'vitest';
import type { ConversationRow, ListChange } from '#app/local-store/local-store.ts';
import type { Person } from '#protocol/http.ts';
import type { ConversationId, MediaId, UserId } from '#protocol/ids.ts';
import { croppedSquare } from './cropped-square.ts';
import { createPeoplePictures } from './people-pictures.ts';

const [me, ann] = ['me', 'ann'] as [UserId, UserId];
const group = 'g:01a1' as ConversationId;

function stage() {
  const people = new Map<string, Person>([
    [me, { id: me, name: 'Me' }],
    [ann, { id: ann, name: 'Ann', avatar: 'one' }],
  ]);
  const rows = [{ stream: group, record: { avatar: 'three' } } as unknown as ConversationRow];
  const loaded: string[] = [];
  const reach = { isOnline: true };
  let changed: (change: ListChange) => void = () => {};
  const pictures = createPeoplePictures(
    {
      userId: me,
      people: (ids) => Promise.resolve(new Map(ids.flatMap((id) => [[id, people.get(id) as Person]]))),
      knownPeople: () => Promise.resolve([...people.values()].filter(({ id }) => id !== me)),
      conversationsAfter: () => Promise.resolve(rows),
      conversationsOf: () => Promise.resolve(rows),
      onListChange(listener) {
        changed = listener;
        return () => undefined;
      },
    },
    (id: MediaId) => {
      loaded.push(id);
      return Promise.resolve(reach.isOnline ? new Blob([id]) : undefined);
    },
    (error) => {
      throw error;
    },
  );
  return { pictures, people, loaded, reach, change: (change: ListChange) => changed(change) };
}

test('[MD12] the pictures of people on the screen are fetched once, and follow their changes', async () => {
  const { pictures, people, loaded, change } = stage();
  const drawn = vi.fn<() => void>();
  const end = pictures.subscribe(ann, drawn);
  pictures.subscribe(group, drawn);
  await expect.poll(() => pictures.addressOf(ann)).toMatch(/^blob:/);
  await expect.poll(() => pictures.addressOf(group)).toMatch(/^blob:/);
  expect([pictures.addressOf(me), loaded.toSorted()]).toEqual([undefined, ['one', 'three']]);
  const first = pictures.addressOf(ann);
  people.set(ann, { id: ann, name: 'Ann', avatar: 'two' });
  change({ people: [ann] });
  await expect.poll(() => loaded).toContain('two');
  await expect.poll(() => pictures.addressOf(ann)).not.toBe(first);
  people.set(ann, { id: ann, name: 'Ann' });
  change({ people: [ann] });
  await expect.poll(() => pictures.addressOf(ann)).toBeUndefined();
  expect(drawn).toHaveBeenCalledTimes(4);
  end();
  people.set(ann, { id: ann, name: 'Ann', avatar: 'four' });
  change({ people: [ann] });
  pictures.close();
  expect(loaded).not.toContain('four');
});

test('[MD12] a picture that could not be fetched is requested again when the network is back', async () => {
  const { pictures, loaded, reach } = stage();
  reach.isOnline = false;
  pictures.subscribe(ann, () => undefined);
  await expect.poll(() => loaded).toContain('one');
  expect(pictures.addressOf(ann)).toBeUndefined();
  reach.isOnline = true;
  pictures.retry();
  await expect.poll(() => pictures.addressOf(ann)).toMatch(/^blob:/);
  pictures.close();
});

test('the square of a picture stays within it at every zoom', () => {
  expect(croppedSquare(400, 200, { zoom: 1, x: 200, y: 100 })).toMatchObject({ side: 200, left: 100, top: 0 });
  expect(croppedSquare(400, 200, { zoom: 1, x: -50, y: 900 })).toMatchObject({ left: 0, top: 0 });
  expect(croppedSquare(400, 200, { zoom: 2, x: 390, y: 10 })).toMatchObject({ side: 100, left: 300, top: 0, x: 350 });
});
