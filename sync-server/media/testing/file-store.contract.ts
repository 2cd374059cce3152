import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ByteRange } from '#protocol/byte-range.ts';
import type { FileStore } from '#server/media/file-store.ts';

const id = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
const [ONE, TWO, THREE, EMPTY] = [id(1), id(2), id(3), id(4)];

/** The contract of every file store. */
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
    const textOf = async (range?: ByteRange) => text(await store.read(ONE, range));

    it('[MD4] stores a file, and reads it in whole and in part', async () => {
      const from = await put(ONE, 'a text of some length');
      expect([existsSync(from), await store.sizeOf(ONE)]).toEqual([false, 21]);
      expect(await textOf()).toBe('a text of some length');
      expect(await textOf({ start: 2, end: 5 })).toBe('text');
      await put(EMPTY, '');
      expect(await store.sizeOf(EMPTY)).toBe(0);
    });

    it('[MD7] lists no name that this server does not assign, because the sweep deletes objects without a row', async () => {
      for (const name of ['backup.tar', 'backup', `${ONE}.thumbnail.old`, `${ONE}.tar`]) {
        await put(name, 'of somebody else');
        expect(await names()).not.toContain(name);
        await store.remove(name);
      }
    });

    it('lists every name with its time, and no removed ones', async () => {
      for (const name of [TWO, `${TWO}.thumbnail`, THREE]) await put(name, name);
      expect(await names()).toEqual([ONE, TWO, `${TWO}.thumbnail`, THREE, EMPTY]);
      for await (const { storedAt } of store.list()) expect(Math.abs(Date.now() - storedAt)).toBeLessThan(3_600_000);
      await store.remove(TWO);
      await store.remove(TWO);
      expect(await store.sizeOf(TWO)).toBeUndefined();
      expect(await names()).toEqual([ONE, `${TWO}.thumbnail`, THREE, EMPTY]);
    });
  });
}
