import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileStore, isStoredName } from './file-store.ts';

/** Files in one folder, spread over subfolders, because folders with very many entries are slow. */
export async function createDiskStore(folder: string): Promise<FileStore> {
  await mkdir(folder, { recursive: true });
  const pathOf = (name: string) => {
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) throw new Error('not a name of a stored file');
    return join(folder, name.slice(0, 2), name);
  };
  return {
    async put(name, from) {
      const path = pathOf(name);
      await mkdir(dirname(path), { recursive: true });
      await flushToDisk(from);
      await rename(from, path);
      await flushToDisk(dirname(path));
      await flushToDisk(folder);
    },
    sizeOf: (name) =>
      stat(pathOf(name)).then(
        ({ size }) => size,
        (error: unknown) => {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
          throw error;
        },
      ),
    read: (name, range) => Promise.resolve(createReadStream(pathOf(name), range ?? {})),
    remove: (name) => rm(pathOf(name), { force: true }),
    async *list() {
      for await (const entry of await opendir(folder)) {
        if (!entry.isDirectory()) continue;
        for await (const file of await opendir(join(folder, entry.name))) {
          if (!isStoredName(file.name)) continue;
          const storedAt = await stat(join(folder, entry.name, file.name)).then(
            ({ mtimeMs }) => mtimeMs,
            () => undefined, // deleted meanwhile
          );
          if (storedAt !== undefined) yield { name: file.name, storedAt };
        }
      }
    },
  };
}

/** A renamed file survives a power loss only once its folder is flushed too. */
async function flushToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
