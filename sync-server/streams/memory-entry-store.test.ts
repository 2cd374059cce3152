import { describe, expect, it } from 'vitest';
import { describeEntryStore } from './testing/entry-store.contract.ts';
import { StoreUnavailable } from './entry-store.ts';
import { createMemoryEntryStore } from './memory-entry-store.ts';
import { messageEntry } from './testing/entry.fixture.ts';
import { newGroup } from './testing/op.fixture.ts';

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
    await store.insert([messageEntry(stream, 1)]);
    isCrashing = true;
    await expect(store.insert([messageEntry(stream, 2)])).rejects.toThrow(StoreUnavailable);
    expect((await store.tail(stream))?.rev).toBe(1);
  });
});
