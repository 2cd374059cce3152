import { openDatabase } from '#server/database/connect.ts';
import { targets } from '#server/database/testing/targets.fixture.ts';
import { createMemoryFollowerStore } from './memory-follower-store.ts';
import { createMongoFollowerStore } from './mongo-follower-store.ts';
import { describeFollowerStore } from './testing/follower-store.contract.ts';

describeFollowerStore('in memory', () =>
  Promise.resolve({ store: createMemoryFollowerStore(), close: () => Promise.resolve() }),
);

for (const { name, fresh } of targets)
  describeFollowerStore(`mongoose over ${name}`, async () => {
    const { options, remove } = await fresh();
    const database = await openDatabase(options);
    return {
      store: createMongoFollowerStore(database),
      async close() {
        await database.close();
        await remove();
      },
    };
  });
