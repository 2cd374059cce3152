import { describe, expect, it } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { describeEntryStore } from './testing/entry-store.contract.ts';
import { StoreUnavailable } from './entry-store.ts';
import type { Entry } from './entry.ts';
import { createMemoryEntryStore } from './memory-entry-store.ts';
import { newGroup, nextId } from './testing/world.fixture.ts';

describeEntryStore('in memory', () =>
  Promise.resolve({ store: createMemoryEntryStore(), close: () => Promise.resolve() }),
);

describe('memory entry store', () => {
  it('[AP1] loses what was not flushed when it crashes, and keeps the rest', async () => {
    let isCrashing = false;
    const store = createMemoryEntryStore({
      flush: () => (isCrashing ? Promise.reject(new Error('killed')) : Promise.resolve()),
    });
    const stream = newGroup();
    const entry = (rev: number): Entry => ({
      _id: nextId(),
      stream,
      rev,
      user: 'ann' as UserId,
      part: 1,
      of: 1,
      type: 'message',
      id: nextId(),
      seq: rev,
      first: true,
      current: true,
      at: 0,
      body: '{}',
    });
    await store.insert([entry(1)]);
    isCrashing = true;
    await expect(store.insert([entry(2)])).rejects.toThrow(StoreUnavailable);
    expect((await store.tail(stream))?.rev).toBe(1);
  });
});
