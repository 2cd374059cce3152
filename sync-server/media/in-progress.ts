import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FileConfigstore } from '@tus/file-store';
import type { UserId } from '#protocol/ids.ts';
import { uploadIdOf } from './upload-store.ts';

/** The bytes for one person, and for everybody. */
export interface Bytes {
  person: number;
  server: number;
}

/**
 * The announced sizes of uploads that have not ended. They count towards the quotas before they are stored, so that parallel
 * uploads cannot exceed them together. [MD9] [MD11]
 */
export interface InProgress {
  /**
   * Announces bytes that are about to arrive, and checks whether there is room for them in addition to everything that was
   * announced before. Refused bytes no longer count; others count until `release`, or as long as their upload is in the folder.
   */
  admit<E>(
    id: string,
    owner: UserId,
    bytes: number,
    refusal: (others: Bytes) => Promise<E | undefined>,
  ): Promise<E | undefined>;
  release(id: string): void;
  /** The bytes of everything that was admitted, except this one. */
  bytesBeside(id: string, owner: UserId): Promise<Bytes>;
  /** Unfinished uploads in the folder. */
  countOf(owner: UserId): Promise<number>;
  /** Deletes what has arrived of this person's unfinished uploads. */
  removeOf(owner: UserId): Promise<void>;
}

/** @param folder of the resumable uploads. Other announced sizes are known only to this process. */
export function createInProgress(folder: string): InProgress {
  const stored = new FileConfigstore(folder);
  /** A cache for the folder, because the announced length of an upload never changes. */
  const sizes = new Map<string, number>();
  const announced = new Map<string, { owner: UserId; bytes: number; isAdmitted: boolean }>();

  /** A finished upload has no content here any more. */
  async function openIds(): Promise<string[]> {
    return (await readdir(folder)).filter((name) => uploadIdOf(name) !== undefined);
  }

  async function sizeOf(id: string): Promise<number> {
    const size = sizes.get(id) ?? (await stored.get(id))?.size ?? 0;
    sizes.set(id, size);
    return size;
  }

  async function bytesBeside(id: string, owner: UserId): Promise<Bytes> {
    const open = await openIds();
    for (const known of sizes.keys()) if (!open.includes(known)) sizes.delete(known);
    const sum: Bytes = { person: 0, server: 0 };
    const add = (of: string | undefined, bytes: number) => {
      sum.server += bytes;
      if (of === owner) sum.person += bytes;
    };
    for (const other of open) if (other !== id) add(uploadIdOf(other)?.owner, await sizeOf(other));
    // An upload that is not admitted yet waits for earlier ones, and never for a later one.
    let isEarlier = announced.has(id);
    for (const [other, { owner: of, bytes, isAdmitted }] of announced) {
      if (other === id) isEarlier = false;
      else if ((isAdmitted || isEarlier) && !open.includes(other)) add(of, bytes);
    }
    return sum;
  }

  return {
    async admit(id, owner, bytes, refusal) {
      const own = { owner, bytes, isAdmitted: false };
      announced.set(id, own);
      try {
        const refused = await refusal(await bytesBeside(id, owner));
        own.isAdmitted = refused === undefined;
        return refused;
      } finally {
        if (!own.isAdmitted) announced.delete(id);
      }
    },
    release: (id) => void announced.delete(id),
    bytesBeside,
    countOf: async (owner) => (await openIds()).filter((id) => uploadIdOf(id)?.owner === owner).length,
    async removeOf(owner) {
      const ids = (await readdir(folder)).filter((name) => uploadIdOf(name.replace(/\.json$/, ''))?.owner === owner);
      await Promise.all(ids.map((name) => rm(join(folder, name), { force: true })));
    },
  };
}
