import type { Readable } from 'node:stream';
import type { ByteRange } from '#protocol/byte-range.ts';
import type { MediaId } from '#protocol/ids.ts';

/** Where the bytes of uploaded files live, by names made of letters, digits, `.`, `_` and `-`. */
export interface FileStore {
  /** Moves a finished local file into the store. It survives a crash once this resolves. [MD4] [REL-16] */
  put(name: string, path: string): Promise<void>;
  /** Undefined if there is no such file. */
  sizeOf(name: string): Promise<number | undefined>;
  /** The caller has asked for the size, so the file exists and the range is within it. */
  read(name: string, range?: ByteRange): Promise<Readable>;
  /** A missing file is ignored. */
  remove(name: string): Promise<void>;
  /** Every name of a file or thumbnail, as this server makes them, with the time at which the file was stored, milliseconds. */
  list(): AsyncIterable<{ name: string; storedAt: number }>;
}

const NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.thumbnail)?$/;

/** Whether this server stores files under such names. A store may also hold other files, which must not be deleted here. */
export function isStoredName(name: string): boolean {
  return NAME.test(name);
}

/** The name under which a picture's thumbnail is stored. */
export function thumbnailName(id: MediaId): string {
  return `${id}.thumbnail`;
}
