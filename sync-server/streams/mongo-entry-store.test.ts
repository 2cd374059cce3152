import { openDatabase } from '#server/database/connect.ts';
import { targets } from '#server/database/targets.fixture.ts';
import { describeEntryStore } from './entry-store.contract.ts';
import { createMongoEntryStore } from './mongo-entry-store.ts';

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
