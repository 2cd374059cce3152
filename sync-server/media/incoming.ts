import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Unfinished and half-processed files. None outlives its request, except after a crash. [SEC-62] */
export interface Incoming {
  /** A path that nothing else uses. */
  newPath(): string;
  /** Writes a stream into a file; rejects, and leaves nothing behind, if the stream fails or the disk is full. */
  write(from: Readable): Promise<string>;
  /** Ignores a missing file. */
  remove(path: string): Promise<void>;
  /** Deletes what a crash left behind. */
  removeOld(): Promise<void>;
}

const KEPT_MS = 24 * 3_600_000;

export async function openIncoming(folder: string, now: () => number, keptMs = KEPT_MS): Promise<Incoming> {
  await mkdir(folder, { recursive: true });
  const remove = (path: string) => rm(path, { force: true });
  const newPath = () => join(folder, crypto.randomUUID());
  return {
    newPath,
    async write(from) {
      const path = newPath();
      try {
        await pipeline(from, createWriteStream(path, { flags: 'wx' }));
      } catch (error) {
        await remove(path);
        throw error;
      }
      return path;
    },
    remove,
    async removeOld() {
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        const age = await stat(path).then(
          ({ mtimeMs }) => now() - mtimeMs,
          () => 0, // finished meanwhile
        );
        if (age > keptMs) await remove(path);
      }
    },
  };
}
