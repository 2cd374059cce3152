import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { openDatabase } from '#server/database/connect.ts';
import { describeEntryStore } from './entry-store.contract.ts';
import { createMongoEntryStore } from './mongo-entry-store.ts';

describeEntryStore('mongoose over the embedded engine', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'teamlink-'));
  const database = await openDatabase({ dataDir });
  return {
    store: createMongoEntryStore(database),
    async close() {
      await database.close();
      await rm(dataDir, { recursive: true });
    },
  };
});

const server = process.env['TEST_MONGODB_URI'];
if (server === undefined) {
  process.stdout.write('TEST_MONGODB_URI is not set: the entry store runs over the embedded engine only\n');
} else {
  describeEntryStore('mongoose over TEST_MONGODB_URI', async () => {
    const uri = new URL(server);
    uri.pathname = `/teamlink-test-${randomUUID()}`;
    const database = await openDatabase({ uri: uri.toString(), dataDir: tmpdir() });
    return {
      store: createMongoEntryStore(database),
      async close() {
        await database.connection.dropDatabase();
        await database.close();
      },
    };
  });
}
