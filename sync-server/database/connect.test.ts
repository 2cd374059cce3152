import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { DatabaseRefused, FORMAT, openDatabase } from './connect.ts';
import { type Fresh, targets } from './testing/targets.fixture.ts';

const made: Fresh[] = [];
afterEach(async () => {
  for (const { remove } of made.splice(0)) await remove();
});

describe.each(targets)('openDatabase on $name', ({ fresh }) => {
  const place = async () => {
    const one = await fresh();
    made.push(one);
    return one.options;
  };

  it('keeps its epoch over restarts, and gives every database an epoch of its own', async () => {
    const [mine, other] = [await place(), await place()];
    const epochs: string[] = [];
    for (const options of [mine, mine, other]) {
      const database = await openDatabase(options);
      expect(await database.ready()).toBe(true);
      epochs.push(database.epoch);
      await database.close();
    }
    expect(epochs[0]).toBe(epochs[1]);
    expect(epochs[0]).not.toBe(epochs[2]);
  });

  it('[REL-19] has the unique indexes that messages and accounts rely on', async () => {
    const database = await openDatabase(await place());
    const unique = async (collection: string) =>
      (await database.connection.collection(collection).listIndexes().toArray())
        .filter((index) => (index as { unique?: unknown }).unique === true)
        .map(({ name }) => name as string);
    expect(await unique('entries')).toEqual(['commit', 'seq']);
    expect(await unique('user')).toEqual(['email_1']);
    expect(await unique('session')).toEqual(['token_1']);
    const { writeConcern, readConcern } = database.connection.getClient().options;
    expect(writeConcern).toMatchObject({ w: 'majority', j: true });
    expect(readConcern?.level).toBe('majority');
    await database.close();
  });

  it('[REL-14] refuses a database of a newer version and does not change it', async () => {
    const options = await place();
    const database = await openDatabase(options);
    const meta = database.connection.collection('meta');
    await meta.updateOne({ _id: 'database' as never }, { $set: { format: FORMAT + 1 } });
    await database.close();
    await expect(openDatabase(options)).rejects.toThrow(/format 3, and this version knows 2/);
    await expect(openDatabase(options)).rejects.toThrow(DatabaseRefused);
  });

  it('refuses a database whose accounts are not unique', async () => {
    const options = await place();
    const database = await openDatabase(options);
    const users = database.connection.collection('user');
    await users.dropIndexes();
    await users.insertMany([{ email: 'a@example.org' }, { email: 'a@example.org' }]);
    await database.close();
    await expect(openDatabase(options)).rejects.toThrow(/an index that the server relies on cannot be made/);
  });
});

describe('the address of a database', () => {
  it('[REL-19] refuses an address with weaker acknowledgement, and never shows its password', async () => {
    for (const query of ['w=1', 'retryWrites=false&w=0', 'journal=false']) {
      const opening = openDatabase({ uri: `mongodb://u:secret@127.0.0.1:1/x?${query}`, dataDir: tmpdir() });
      await expect(opening).rejects.toThrow(DatabaseRefused);
      await expect(opening).rejects.not.toThrow(/secret/);
    }
  });

  it('reports in one line that a database does not answer', async () => {
    const opening = openDatabase({ uri: 'mongodb://u:secret@127.0.0.1:1/x', dataDir: tmpdir() });
    const problem = await opening.then(() => '', String);
    expect(problem).toMatch(/the database at 127\.0\.0\.1:1 does not answer/);
    expect(problem).not.toMatch(/secret|\n/);
  });
});
