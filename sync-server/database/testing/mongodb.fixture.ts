import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';

/** The MongoDB on which tests run in addition to the embedded engine, if TEST_MONGODB_URI names one. */
export const mongodbAddress = process.env['TEST_MONGODB_URI'];

/** A new database on that server; `drop` removes it. */
export function freshDatabase(address: string): { uri: string; drop(): Promise<void> } {
  // A pattern, because `URL` understands neither several hosts nor the path of a socket.
  const uri = address.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/teamlink-test-${randomUUID()}`);
  return {
    uri,
    async drop() {
      // A connection of its own, because the test may have closed the one it used.
      const client = await new MongoClient(uri).connect();
      await client.db().dropDatabase();
      await client.close();
    },
  };
}
