import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import type { OpenOptions } from './connect.ts';

export interface Fresh {
  options: OpenOptions;
  remove(): Promise<void>;
}

export interface Target {
  name: string;
  /** Where to open a database that nobody used, as often as one likes, and what removes it. */
  fresh(): Promise<Fresh>;
}

const server = process.env['TEST_MONGODB_URI'];

/** The embedded engine and, where TEST_MONGODB_URI names one, that server: under a name of its own, dropped at the end. */
export const targets: Target[] = [
  {
    name: 'the embedded engine',
    async fresh() {
      const dataDir = await mkdtemp(join(tmpdir(), 'teamlink-'));
      return { options: { dataDir }, remove: () => rm(dataDir, { recursive: true, force: true }) };
    },
  },
  ...(server === undefined ? [] : [{ name: 'TEST_MONGODB_URI', fresh: () => Promise.resolve(onServer(server)) }]),
];

function onServer(address: string): Fresh {
  // Not by `URL`: it knows neither several hosts nor a socket's path.
  const uri = address.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/teamlink-test-${randomUUID()}`);
  return {
    options: { uri, dataDir: tmpdir() },
    async remove() {
      const connection = await mongoose.createConnection(uri).asPromise();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
