import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import { ERRORS, Upload } from '@tus/server';

/** An id consists of the file's id and the owner's, so an upload is never found for anybody else. [MD11] [SEC-68] */
export interface UploadId {
  media: string;
  owner: string;
}

const ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]+)$/;

export function uploadIdOf(id: string): UploadId | undefined {
  const [, media, owner] = ID.exec(id) ?? [];
  return media === undefined || owner === undefined ? undefined : { media, owner };
}

/**
 * Bytes that arrive during a write are collected for the next one, because each write costs a switch to a thread and back.
 * Collected bytes may have to be sent again when a connection breaks, so the limit is small.
 */
const WRITE_BUFFER_BYTES = 64 * 1024;

export interface UploadStoreParts {
  isFinished(id: string): Promise<boolean>;
  /** Throws the error for the library to answer if the upload may not be created. */
  admit(upload: Upload): Promise<void>;
  /** The admitted upload is in the folder now, or could not be created. */
  release(id: string): void;
}

/**
 * The received bytes of each unfinished upload: a growing file, and a small file with its length and metadata. After it is
 * finished only the small file stays, because the sender may not have got the answer.
 */
export class UploadStore extends FileStore {
  readonly #isFinished: UploadStoreParts['isFinished'];
  readonly #admit: UploadStoreParts['admit'];
  readonly #release: UploadStoreParts['release'];
  /** The last creation of each person who has one in progress. */
  readonly #creating = new Map<string, Promise<unknown>>();

  constructor(directory: string, keptMs: number, { isFinished, admit, release }: UploadStoreParts) {
    super({ directory, expirationPeriodInMilliseconds: keptMs });
    this.#isFinished = isFinished;
    this.#admit = admit;
    this.#release = release;
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  pathOf(id: string): string {
    return join(this.directory, id);
  }

  /**
   * One after the other for each person, because several at the same time would each be admitted before any of them counts. [MD9]
   * [MD11]
   */
  override async create(upload: Upload): Promise<Upload> {
    const owner = uploadIdOf(upload.id)?.owner ?? '';
    const admitted = async () => {
      await this.#admit(upload);
      try {
        return await super.create(upload);
      } catch (error) {
        // A part that a full disk has stored would count as an open upload of this person.
        await this.remove(upload.id);
        throw error;
      } finally {
        this.#release(upload.id);
      }
    };
    const created = (this.#creating.get(owner) ?? Promise.resolve()).then(admitted);
    const settled = created.then(
      () => undefined,
      () => undefined,
    );
    this.#creating.set(owner, settled);
    try {
      return await created;
    } finally {
      if (this.#creating.get(owner) === settled) this.#creating.delete(owner);
    }
  }

  /** The library's own store hides why the disk refused, and confirms bytes that a power loss could undo. */
  override async write(from: Readable, id: string, offset: number): Promise<number> {
    const to = createWriteStream(this.pathOf(id), {
      flags: 'r+',
      start: offset,
      flush: true,
      highWaterMark: WRITE_BUFFER_BYTES,
    });
    await pipeline(from, to);
    return offset + to.bytesWritten;
  }

  override async getUpload(id: string): Promise<Upload> {
    try {
      return await super.getUpload(id);
    } catch (error) {
      const upload = error === ERRORS.FILE_NO_LONGER_EXISTS ? await this.configstore.get(id) : undefined;
      if (upload?.size === undefined || !(await this.#isFinished(id))) throw error;
      const { metadata = {}, creation_date = '' } = upload;
      return new Upload({ id, metadata, creation_date, size: upload.size, offset: upload.size });
    }
  }

  override async remove(id: string): Promise<void> {
    await Promise.all([rm(this.pathOf(id), { force: true }), rm(`${this.pathOf(id)}.json`, { force: true })]);
  }
}
