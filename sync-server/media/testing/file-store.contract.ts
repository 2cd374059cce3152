import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteRange } from '#protocol/byte-range.ts';
import type { FileStore } from '#server/media/file-store.ts';

/** What every file store does. */
export function fileStoreContract(
  what: string,
  open: (folder: string) => Promise<{ store: FileStore; close(): Promise<void> }>,
): void {
  describe(`${what}: one contract`, () => {
    let folder: string;
    let store: FileStore;
    let close: () => Promise<void>;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'teamlink-store-'));
      ({ store, close } = await open(folder));
    });
    afterAll(async () => {
      await close();
      await rm(folder, { recursive: true });
    });

    async function put(name: string, content: string): Promise<string> {
      const path = join(folder, crypto.randomUUID());
      await writeFile(path, content);
      await store.put(name, path);
      return path;
    }
    async function names(): Promise<string[]> {
      const found: string[] = [];
      for await (const { name } of store.list()) found.push(name);
      return found.toSorted();
    }
    const textOf = async (range?: ByteRange) => text(await store.read('one', range));

    it('[MD4] takes a file over, and reads it whole and in part', async () => {
      const from = await put('one', 'a text of some length');
      expect([existsSync(from), await store.sizeOf('one')]).toEqual([false, 21]);
      expect(await textOf()).toBe('a text of some length');
      expect(await textOf({ start: 2, end: 5 })).toBe('text');
      await put('empty', '');
      expect(await store.sizeOf('empty')).toBe(0);
    });

    it('lists every name with its time, and forgets what was removed', async () => {
      for (const name of ['two', 'two.thumbnail', 'three']) await put(name, name);
      expect(await names()).toEqual(['empty', 'one', 'three', 'two', 'two.thumbnail']);
      for await (const { storedAt } of store.list()) expect(Math.abs(Date.now() - storedAt)).toBeLessThan(3_600_000);
      await store.remove('two');
      await store.remove('two');
      expect(await store.sizeOf('two')).toBeUndefined();
      expect(await names()).toEqual(['empty', 'one', 'three', 'two.thumbnail']);
    });
  });
}
