import { rm } from 'node:fs/promises';
import { Server, type Upload } from '@tus/server';
import { type SyncError, httpStatus, syncError } from '#protocol/errors.ts';
import { UploadFacts } from '#protocol/http.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/record.ts';
import { parse } from '#protocol/shape.ts';
import { UPLOADS_PATH } from '#protocol/version.ts';
import type { InProgress } from './in-progress.ts';
import { type MediaRow, attachmentOf } from './media-row.ts';
import type { MediaRows } from './media-rows.ts';
import type { TakeFile } from './take-file.ts';
import { createUploadLocks } from './upload-locks.ts';
import { UploadStore, uploadIdOf } from './upload-store.ts';

/** A device may be away for days in the middle of an upload. */
export const UNFINISHED_KEPT_MS = 3 * 24 * 3_600_000;
/** For one person. More are refused, and sent again later. [MD11] */
const MOST_OPEN = 20;
/** How long an older request for the same upload, whose connection may be gone, has to write its bytes. */
const DRAIN_MS = 100;
/** The person who makes the request, for the hooks below; set only by `handle`. */
const OWNER_HEADER = 'upload-owner';

export interface UploadRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: ReadableStream<Uint8Array>;
}

export interface ResumableParts {
  folder: string;
  rows: MediaRows;
  takeFile: TakeFile;
  inProgress: Pick<InProgress, 'countOf'>;
  /** Deletes a file that no message carries yet. */
  discard(row: MediaRow): Promise<void>;
}

export interface Resumable {
  /** Answers one request of the tus protocol 1.0 by this person. [MD10] */
  handle(user: UserId, request: UploadRequest): Promise<Response>;
  /** The file that resulted from an upload; finishes the upload if a crash prevented that. Undefined if there is none. */
  outcome(user: UserId, id: string): Promise<{ attachment: Attachment } | { error: SyncError } | undefined>;
}

export function createResumable({ folder, rows, takeFile, inProgress, discard }: ResumableParts): Resumable {
  const finishing = new Map<string, Promise<{ attachment: Attachment } | { error: SyncError }>>();
  const store = new UploadStore(folder, UNFINISHED_KEPT_MS, {
    async isFinished(id) {
      // The file moves before its row is written. A client that is told in between that the upload is gone sends the whole file again.
      await finishing.get(id)?.catch(() => undefined);
      return (await rowOf(id)) !== undefined;
    },
    async admit(upload) {
      const error = await refusal(uploadIdOf(upload.id)?.owner as UserId, upload);
      if (error !== undefined) throw thrown(error);
    },
    release: takeFile.release,
  });

  async function rowOf(id: string): Promise<MediaRow | undefined> {
    const media = uploadIdOf(id)?.media as MediaId | undefined;
    return media === undefined ? undefined : (await rows.find([media])).get(media);
  }

  async function refusal(user: UserId, { id, metadata, size = 0 }: Upload): Promise<SyncError | undefined> {
    const facts = parse(UploadFacts, metadata ?? {});
    if (!facts.ok) return facts.error;
    if ((await inProgress.countOf(user)) >= MOST_OPEN)
      return syncError('rate_limited', 'too many unfinished uploads', { retryAfterMs: 30_000 });
    return takeFile.admit(user, facts.value, size, id);
  }

  async function finish(id: string, upload: Upload): Promise<{ attachment: Attachment } | { error: SyncError }> {
    const { media, owner } = uploadIdOf(id) ?? {};
    const row = await rowOf(id);
    if (row !== undefined) return { attachment: attachmentOf(row) };
    const facts = parse(UploadFacts, upload.metadata ?? {});
    if (!facts.ok) return { error: facts.error };
    const answer = await takeFile.take(owner as UserId, facts.value, store.pathOf(id), media as MediaId, id);
    if ('error' in answer) await store.remove(id);
    // For a picture, the copy without metadata is kept.
    else await rm(store.pathOf(id), { force: true });
    return answer;
  }

  /** The last PATCH and a request for its lost answer may arrive at the same time. */
  function finishOnce(upload: Upload): ReturnType<typeof finish> {
    const { id } = upload;
    const running = finishing.get(id) ?? finish(id, upload).finally(() => finishing.delete(id));
    finishing.set(id, running);
    return running;
  }

  const tus = new Server({
    path: UPLOADS_PATH,
    datastore: store,
    locker: createUploadLocks(),
    lockDrainTimeout: DRAIN_MS,
    maxSize: limits.file,
    relativeLocation: true,
    namingFunction: (request) => `${crypto.randomUUID()}.${request.headers.get(OWNER_HEADER)}`,
    onIncomingRequest(request, id) {
      if (uploadIdOf(id)?.owner !== request.headers.get(OWNER_HEADER)) throw noSuchUpload();
      return Promise.resolve();
    },
    async onUploadFinish(request, upload) {
      const answer = await finishOnce(upload);
      if ('error' in answer) throw thrown(answer.error);
      const status_code = request.method === 'PATCH' ? 200 : 201;
      return { status_code, headers: { 'Content-Type': JSON_TYPE }, body: JSON.stringify(answer.attachment) };
    },
    onResponseError(_request, error) {
      if (!('status_code' in error)) throw error;
      return undefined;
    },
  });

  return {
    async handle(user, { method, path, headers, body }) {
      const request = new Request(`http://localhost${path}`, {
        method,
        headers: { ...headers, [OWNER_HEADER]: user },
        ...(body === undefined ? {} : { body, duplex: 'half' }),
      });
      const id = path.split('/').at(-1) ?? '';
      const cancelled = method === 'DELETE' && uploadIdOf(id)?.owner === user ? await rowOf(id) : undefined;
      const answer = await tus.handleWeb(request);
      if (cancelled !== undefined && answer.ok) await discard(cancelled);
      return answer;
    },
    async outcome(user, id) {
      if (uploadIdOf(id)?.owner !== user) return undefined;
      const upload = await store.getUpload(id).catch(() => undefined);
      return upload === undefined || upload.offset !== upload.size ? undefined : finishOnce(upload);
    },
  };
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** The library answers errors that are thrown in this format. */
function thrown(error: SyncError): Error {
  return Object.assign(new Error(error.message), {
    status_code: httpStatus(error.code),
    body: JSON.stringify({ error }),
  });
}

function noSuchUpload() {
  return thrown(syncError('not_found', 'no such upload', { path: 'id' }));
}
