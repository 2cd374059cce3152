import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { type EmbeddedOptions, startEmbedded } from './host.ts';
import { bundleEngine, temporaryFolder } from './testing/engines.fixture.ts';

let bundle: Awaited<ReturnType<typeof bundleEngine>>;
let folder: ReturnType<typeof temporaryFolder>;

beforeAll(async () => {
  bundle = await bundleEngine();
});
afterAll(() => bundle.remove());
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** Starts, writes and reads one document, ends; what it was reached by. */
async function use(options: Partial<EmbeddedOptions>): Promise<string> {
  const engine = await startEmbedded({ dataDir: join(folder.path, 'd'), ...options });
  const client = await new MongoClient(engine.uri).connect();
  const docs = client.db('t').collection<{ _id: number }>('docs');
  await docs.updateOne({ _id: 1 }, { $inc: { times: 1 } }, { upsert: true });
  expect(await docs.countDocuments()).toBe(1);
  await client.close();
  await engine.close();
  return engine.uri;
}

const pathOf = (uri: string) => decodeURIComponent(uri.slice('mongodb://'.length));

describe.each([{ name: 'in a worker' }, { name: 'in the same thread' }])('the engine $name', ({ name }) => {
  const settings = () => (name === 'in a worker' ? { workerUrl: bundle.workerUrl } : {});

  it('is reached by a socket that only its owner can open, again and again over the same folder', async () => {
    for (let start = 0; start < 3; start++) {
      const path = pathOf(await use(settings()));
      expect(dirname(path)).toBe(join(folder.path, 'd', 'socket'));
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
      expect(existsSync(path)).toBe(false);
    }
    expect(statSync(join(folder.path, 'd')).mode & 0o777).toBe(0o700);
  });

  it('has its socket among the temporary files where the folder’s path is too long for one', async () => {
    const path = pathOf(await use({ ...settings(), dataDir: join(folder.path, 'x'.repeat(90)) }));
    expect(path.length).toBeLessThan(108);
    expect(existsSync(dirname(path))).toBe(false);
  });

  it('is reached by a port of this machine alone where there are no sockets', async () => {
    expect(await use({ ...settings(), socketPath: null })).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+$/);
  });
});
