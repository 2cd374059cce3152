import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { open } from 'lmdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalog } from './catalog.ts';
import { CommandError } from './errors.ts';
import { startEmbedded } from './host.ts';
import { fsck } from './testing/fsck.fixture.ts';
import { openStore } from './store.ts';
import { slowFlushLibrary } from './testing/slow-flush.fixture.ts';
import { afterKill, bundleEngine, startEngineProcess, temporaryFolder } from './testing/engines.fixture.ts';

let bundle: Awaited<ReturnType<typeof bundleEngine>>;

beforeAll(async () => {
  bundle = await bundleEngine();
});
afterAll(() => bundle.remove());

const ROUNDS = process.env['TEST_LONG'] === undefined ? 4 : 12;
const WRITERS = 8;

describe('durability', () => {
  it(`loses no acknowledged write in ${ROUNDS} kills under 8 writers`, { timeout: 180_000 }, async () => {
    const folder = temporaryFolder();
    const dataDir = join(folder.path, 'd');
    const socket = join(folder.path, 's', 'e.sock');
    const acknowledged = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const engine = await startEngineProcess(bundle.processPath, dataDir, socket);
      const client = await new MongoClient(engine.uri, {
        maxPoolSize: WRITERS,
        // Long enough for a busy machine; operations that hang after the kill are abandoned.
        serverSelectionTimeoutMS: 5_000,
        waitQueueTimeoutMS: 5_000,
        socketTimeoutMS: 10_000,
      }).connect();
      const docs = client.db('t').collection<{ _id: string; word: string; n: number }>('docs');
      await docs.createIndexes([{ key: { word: 1, n: -1 } }, { key: { n: 1 }, unique: true }]);
      const enough = 40 + round * 7;
      let acknowledgedNow = 0;
      const killing: Promise<void>[] = [];
      const write = async (writer: number) => {
        for (let n = 0; killing.length === 0; n++) {
          const id = `${round}-${writer}-${n}`;
          try {
            await docs.insertOne({ _id: id, word: `w${n % 5}`, n: (round * WRITERS + writer) * 100_000 + n });
            if (n % 3 === 0) await docs.updateOne({ _id: id }, { $set: { word: 'changed' } });
          } catch {
            // The engine was killed before it acknowledged this write.
            return;
          }
          acknowledged.add(id);
          if (++acknowledgedNow >= enough && killing.length === 0) killing.push(engine.kill('SIGKILL'));
        }
      };
      const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
      await Promise.race([writing, engine.exited]);
      await afterKill(writing);
      expect(killing).toHaveLength(1);
      await Promise.all(killing);
      await afterKill(client.close());
    }
    const store = openStore({ dataDir, durability: 'flush' });
    const catalog = openCatalog(store);
    expect(fsck(store, catalog)).toEqual([]);
    await store.close();

    const engine = await startEngineProcess(bundle.processPath, dataDir, socket);
    const client = await new MongoClient(engine.uri).connect();
    const found = await client.db('t').collection<{ _id: string }>('docs').distinct('_id');
    const kept = new Set(found);
    expect([...acknowledged].filter((id) => !kept.has(id))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(ROUNDS * 40);
    await client.close();
    await engine.kill('SIGTERM');
    folder.remove();
  });

  it('answers a write only after its flush, and serves reads meanwhile', async (context) => {
    const folder = temporaryFolder();
    const library = slowFlushLibrary(folder.path, FLUSH_MS);
    if (library === null) {
      folder.remove();
      process.stdout.write(
        'there is no C compiler to slow the flush down: that a write waits for its flush is not tested here\n',
      );
      context.skip();
      return;
    }
    const engine = await startEngineProcess(
      bundle.processPath,
      join(folder.path, 'd'),
      join(folder.path, 's', 'e.sock'),
      {
        LD_PRELOAD: library,
      },
    );
    const client = await new MongoClient(engine.uri).connect();
    const docs = client.db('t').collection<{ _id: number }>('docs');
    await docs.insertOne({ _id: 0 });
    let [reads, flushes] = [0, 0];
    // Reads run one after another. If each waited for a flush, there would be one in each; on a busy machine a flush may see few.
    while (flushes < 3 || (reads <= 2 * flushes && flushes < 50)) {
      const id = ++flushes;
      const started = performance.now();
      let isWritten = false;
      const written = docs.insertOne({ _id: id }).then(() => (isWritten = true));
      while (!isWritten) {
        await docs.findOne({ _id: 0 });
        if (!isWritten) reads++;
      }
      await written;
      expect(performance.now() - started).toBeGreaterThan(FLUSH_MS - 5);
    }
    expect(reads).toBeGreaterThan(2 * flushes);
    await client.close();
    await engine.kill('SIGTERM');
    folder.remove();
  });

  // The first writes are flushed in lmdb's thread. Once flushes prove to be short, they run in the engine's own thread.
  it.each([0, 50])(
    'rolls back a write that throws midway, and none of its neighbours, after %i others',
    async (before) => {
      const folder = temporaryFolder();
      const store = openStore({ dataDir: folder.path, durability: 'none' });
      const key = (n: number) => Buffer.from([9, n]);
      const one = Buffer.from([1]);
      for (let n = 0; n < before; n++) await store.write(() => store.put(key(9), one));
      const outcomes = await Promise.allSettled([
        store.write(() => store.put(key(1), one)),
        store.write(() => {
          store.put(key(2), one);
          throw new TypeError('broken');
        }),
        store.write(() => {
          throw new CommandError('BadValue', 'refused');
        }),
        store.write(() => store.put(key(3), one)),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
      expect([1, 2, 3].map((n) => store.get(key(n)) !== undefined)).toEqual([true, false, true]);
      await store.close();
      folder.remove();
    },
  );

  it('runs what is written in the background with other writes, and alone when there are none', async () => {
    const folder = temporaryFolder();
    const store = openStore({ dataDir: folder.path, durability: 'none' });
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(name);
    await store.writeInBackground(note('alone'));
    await store.write(note('first'));
    // Another write has just been flushed, so this one waits a little for the next one, which then does not have to wait for it.
    const joining = store.writeInBackground(note('background'));
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([joining, store.write(note('second'))]);
    expect(ran).toEqual(['alone', 'first', 'second', 'background']);
    await store.writeInBackground(note('last'));
    const closing = store.writeInBackground(note('while it closes'));
    await Promise.all([store.close(), closing]);
    expect(ran.slice(4)).toEqual(['last', 'while it closes']);
    folder.remove();
  });
});

const FLUSH_MS = 200;

describe('data folder', () => {
  it('cannot be opened by a second engine, in this process or another, and is free after a kill', async () => {
    const folder = temporaryFolder();
    const dataDir = join(folder.path, 'd');
    const socket = (name: string) => join(folder.path, 's', name);
    const engine = await startEngineProcess(bundle.processPath, dataDir, socket('a.sock'));
    const refusal = {
      name: 'Error',
      reason: 'in-use',
      message: expect.stringContaining('in use by another server') as string,
    };
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject(refusal);
    await expect(startEmbedded({ dataDir, workerUrl: bundle.workerUrl })).rejects.toMatchObject(refusal);
    await expect(startEngineProcess(bundle.processPath, dataDir, socket('b.sock'))).rejects.toThrow(
      /in use by another server/,
    );
    await engine.kill('SIGKILL');

    const own = await startEmbedded({ dataDir, workerUrl: bundle.workerUrl });
    await expect(startEmbedded({ dataDir, workerUrl: bundle.workerUrl })).rejects.toMatchObject(refusal);
    await expect(startEmbedded({ dataDir })).rejects.toMatchObject(refusal);
    const client = await new MongoClient(own.uri).connect();
    await client.db('t').collection('docs').insertOne({ a: 1 });
    await client.close();
    await own.close();
    await (await startEmbedded({ dataDir })).close();
    folder.remove();
  });

  it('is refused if it has a newer version, and stays untouched', async () => {
    const folder = temporaryFolder();
    const root = open<Buffer, Buffer>({
      path: join(folder.path, 'database.lmdb'),
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
    });
    await root.put(Buffer.from([0, 0]), Buffer.from([200]));
    await root.close();
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(startEmbedded({ dataDir: folder.path })).rejects.toMatchObject({
        reason: 'newer',
        message: 'The data folder was written by a newer TeamLink (format 200, this one reads 2).',
      });
    folder.remove();
  });
});
