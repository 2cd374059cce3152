import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import { type Embedded, type EmbeddedOptions, startEmbedded } from './host.ts';

/** For tests only: a folder that goes with its holder. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tl-engine-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** For tests only: an engine over a fresh folder and a driver's client on it. */
export async function startWithClient(
  engineOptions: Partial<EmbeddedOptions> = {},
  clientOptions: MongoClientOptions = {},
): Promise<{ client: MongoClient; engine: Embedded; dataDir: string; end(): Promise<void> }> {
  const folder = temporaryFolder();
  const dataDir = engineOptions.dataDir ?? join(folder.path, 'd');
  const engine = await startEmbedded({ durability: 'none', ...engineOptions, dataDir });
  const client = await new MongoClient(engine.uri, clientOptions).connect();
  return {
    client,
    engine,
    dataDir,
    async end() {
      await client.close();
      await engine.close();
      folder.remove();
    },
  };
}
