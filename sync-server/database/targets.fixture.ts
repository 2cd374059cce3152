import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenOptions } from './connect.ts';
import { freshDatabase, mongodbAddress } from './testing/mongodb.fixture.ts';

export interface Fresh {
  options: OpenOptions;
  remove(): Promise<void>;
}

export interface Target {
  name: string;
  /** Where to open a database that nobody used, as often as one likes, and what removes it. */
  fresh(): Promise<Fresh>;
}

/** The embedded engine and, where TEST_MONGODB_URI names one, that server: under a name of its own, dropped at the end. */
export const targets: Target[] = [
  {
    name: 'the embedded engine',
    async fresh() {
      const dataDir = await mkdtemp(join(tmpdir(), 'teamlink-'));
      return { options: { dataDir }, remove: () => rm(dataDir, { recursive: true, force: true }) };
    },
  },
  ...(mongodbAddress === undefined ? [] : [{ name: 'MongoDB', fresh: async () => onServer(mongodbAddress ?? '') }]),
];

function onServer(address: string): Fresh {
  const { uri, drop } = freshDatabase(address);
  return { options: { uri, dataDir: tmpdir() }, remove: drop };
}
