import { describe, expect, it } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { openDatabase } from '#server/database/connect.ts';
import { targets } from '#server/database/targets.fixture.ts';
import { describeEntryStore } from './testing/entry-store.contract.ts';
import { StoreUnavailable } from './entry-store.ts';
import type { Entry } from './entry.ts';
import { createMongoEntryStore } from './mongo-entry-store.ts';
import { newGroup, nextId } from './testing/world.fixture.ts';

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

describe.each(targets)('what a database on $name fails at', ({ fresh }) => {
  const entry = (body: string): Entry => {
    const id = nextId();
    return {
      _id: id,
      stream: newGroup(),
      rev: 1,
      user: 'ann' as UserId,
      part: 1,
      of: 1,
      type: 'message',
      id,
      seq: 1,
      first: true,
      current: true,
      at: 5,
      body,
    };
  };

  it('is a defect where the same would fail for ever, and else a database that is away', async () => {
    const { options, remove } = await fresh();
    const database = await openDatabase(options);
    const store = createMongoEntryStore(database);
    const [before, tooLarge, after] = [entry('{}'), entry('x'.repeat(17_000_000)), entry('{}')];
    const failed = await store.insert([before, tooLarge, after]).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Error);
    expect(failed).not.toBeInstanceOf(StoreUnavailable);
    expect(await store.byKeys([tooLarge._id])).toEqual([]);
    expect(await store.insert([after])).toEqual({ written: 1 });
    await database.connection.close();
    await expect(store.insert([entry('{}')])).rejects.toBeInstanceOf(StoreUnavailable);
    await database.close();
    await remove();
  });
});
