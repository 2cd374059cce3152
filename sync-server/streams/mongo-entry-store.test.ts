import { describe, expect, it } from 'vitest';
import { openDatabase } from '#server/database/connect.ts';
import { targets } from '#server/database/testing/targets.fixture.ts';
import { describeEntryStore } from './testing/entry-store.contract.ts';
import { StoreUnavailable } from './entry-store.ts';
import { createMongoEntryStore } from './mongo-entry-store.ts';
import { messageEntry } from './testing/entry.fixture.ts';
import { newGroup } from './testing/op.fixture.ts';

for (const { name, fresh } of targets) {
  describeEntryStore(`mongoose over ${name}`, async () => {
    const { options, remove } = await fresh();
    const database = await openDatabase(options);
    return {
      store: createMongoEntryStore({ ...database, isShared: true }),
      async close() {
        await database.close();
        await remove();
      },
    };
  });
}

describe.each(targets)('a write that a database on $name refuses', ({ fresh }) => {
  const entry = (body: string) => messageEntry(newGroup(), 1, 1, { body });

  it('is a defect if the same write would always fail, and otherwise StoreUnavailable', async () => {
    const { options, remove } = await fresh();
    const database = await openDatabase(options);
    const store = createMongoEntryStore(database);
    const [before, tooLarge, after] = [entry('{}'), entry('x'.repeat(17_000_000)), entry('{}')];
    const failed = await store.insert([before, tooLarge, after]).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Error);
    expect(failed).not.toBeInstanceOf(StoreUnavailable);
    expect(await store.byKeys([tooLarge._id])).toEqual([]);
    expect(await store.insert([after])).toEqual({ written: 1 });
    await database.close();
    await expect(store.insert([entry('{}')])).rejects.toBeInstanceOf(StoreUnavailable);
    await remove();
  });
});
