import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenOptions } from '#server/database/connect.ts';
import { freshDatabase, mongodbAddress } from './mongodb.fixture.ts';

export interface Fresh {
  options: OpenOptions;
  remove(): Promise<void>;
}

export interface Target {
  name: string;
  /** A new, empty database that can be opened repeatedly, and a function that removes it. */
  fresh(): Promise<Fresh>;
}

/** The embedded engine and, if TEST_MONGODB_URI names one, a MongoDB server, where each database gets its own name and is dropped at the end. */
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
