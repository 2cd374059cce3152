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

/** Starts an engine, writes and reads one document, and closes it. Returns the engine's address. */
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

  it('listens on a socket that only its owner can open, also when it is restarted over the same folder', async () => {
    for (let start = 0; start < 3; start++) {
      const path = pathOf(await use(settings()));
      expect(dirname(path)).toBe(join(folder.path, 'd', 'socket'));
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
      expect(existsSync(path)).toBe(false);
    }
    expect(statSync(join(folder.path, 'd')).mode & 0o777).toBe(0o700);
  });

  it('has its socket among the temporary files if the folder’s path is too long', async () => {
    const path = pathOf(await use({ ...settings(), dataDir: join(folder.path, 'x'.repeat(90)) }));
    expect(path.length).toBeLessThan(108);
    expect(existsSync(dirname(path))).toBe(false);
  });

  it('listens on a port of this machine only, on systems without sockets', async () => {
    expect(await use({ ...settings(), socketPath: null })).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+$/);
  });
});
