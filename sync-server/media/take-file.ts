import { stat, writeFile } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { type SyncError, syncError } from '#protocol/errors.ts';
import {
  type ConversationId,
  type MediaId,
  type StreamId,
  type UserId,
  directMembers,
  isConversation,
  isDirect,
  personalStream,
} from '#protocol/ids.ts';
import type { UploadFacts } from '#protocol/http.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/record.ts';
import { UNSENT_KEPT_MS } from './claims.ts';
import { type ContentType, contentType } from './content-type.ts';
import { shownFileName } from './file-name.ts';
import { type FileStore, thumbnailName } from './file-store.ts';
import type { Bytes, InProgress } from './in-progress.ts';
import type { Incoming } from './incoming.ts';
import { type MediaRow, attachmentOf } from './media-row.ts';
import type { MediaRows } from './media-rows.ts';
import { readPicture } from './pictures.ts';

export interface TakeFileParts {
  rows: MediaRows;
  store: FileStore;
  incoming: Incoming;
  inProgress: InProgress;
  quota: Bytes;
  isMember(user: UserId, stream: ConversationId): Promise<boolean>;
  now: () => number;
}

export interface TakeFile {
  /**
   * Returns why this person may not upload this many bytes there, or undefined. Called before the bytes are received; they then
   * count towards the quotas until `release`. [MD1] [MD9] @param id unique for this upload
   */
  admit(user: UserId, facts: UploadFacts, bytes: number, id: string): Promise<SyncError | undefined>;
  release(id: string): void;
  /**
   * Stores a received file, which is moved or left for the caller to delete. The answer is durable. [MD4]
   * @param id of the new file, if it was assigned before the file arrived
   * @param admittedAs the id under which it was admitted
   */
  take(
    user: UserId,
    facts: UploadFacts,
    path: string,
    id?: MediaId,
    admittedAs?: string,
  ): Promise<{ attachment: Attachment } | { error: SyncError }>;
}

export function createTakeFile({ rows, store, incoming, inProgress, quota, isMember, now }: TakeFileParts): TakeFile {
  async function refusal(
    user: UserId,
    { stream }: UploadFacts,
    bytes: number,
    others: Bytes,
  ): Promise<SyncError | undefined> {
    if (bytes > limits.file) return syncError('too_large', `longer than ${limits.file} bytes`, { path: 'file' });
    if (!(await mayUploadTo(user, stream))) return syncError('not_found', 'no such conversation', { path: 'stream' });
    if ((await rows.bytesStored(user)) + bytes + others.person > quota.person)
      return syncError('too_large', 'all files of this person together are too large', { path: 'quota' });
    if (quota.server !== Infinity && (await rows.bytesStored()) + bytes + others.server > quota.server)
      return syncError('too_large', 'the server has no room for more files', { path: 'quota' });
    return undefined;
  }

  /** A direct chat is created with its first message, whose files are uploaded before. [MD1] */
  async function mayUploadTo(user: UserId, stream: StreamId): Promise<boolean> {
    if (!isConversation(stream)) return stream === personalStream(user);
    return (isDirect(stream) && directMembers(stream).includes(user)) || isMember(user, stream);
  }

  async function keep(
    id: MediaId,
    user: UserId,
    facts: UploadFacts,
    path: string,
    cleanPath: string,
  ): Promise<Attachment> {
    const found = await fileTypeFromFile(path);
    const wanted = contentType(found?.mime, facts.kind);
    const picture = wanted.kind === 'image' ? await readPicture(path, cleanPath) : undefined;
    // A file that looks like a picture but cannot be decoded is kept as a document.
    const type: ContentType =
      wanted.kind === 'image' && picture === undefined ? contentType(found?.mime, 'document') : wanted;
    const kept = picture?.isCleaned === true ? cleanPath : path;
    const { size } = await stat(kept);
    if (picture !== undefined) {
      const thumbnailPath = incoming.newPath();
      await writeFile(thumbnailPath, picture.thumbnail);
      await store.put(thumbnailName(id), thumbnailPath);
    }
    await store.put(id, kept);
    const at = now();
    const row: MediaRow = {
      _id: id,
      owner: user,
      stream: facts.stream,
      ...type,
      name: shownFileName(facts.name ?? ''),
      size,
      ...sizeOf(picture, type, facts),
      ...(picture === undefined ? {} : { thumbhash: picture.thumbhash }),
      ...soundFacts(type, facts),
      stored: size + (picture?.thumbnail.length ?? 0),
      hasThumbnail: picture !== undefined,
      storedAt: at,
      claims: [],
      checkAt: at + UNSENT_KEPT_MS,
      version: 0,
    };
    await rows.insert(row);
    return attachmentOf(row);
  }

  return {
    admit: (user, facts, bytes, id) =>
      inProgress.admit(id, user, bytes, (others) => refusal(user, facts, bytes, others)),
    release: inProgress.release,
    async take(user, facts, path, id = crypto.randomUUID() as string as MediaId, admittedAs = id) {
      const cleanPath = incoming.newPath();
      try {
        const others = await inProgress.bytesBeside(admittedAs, user);
        const error = await refusal(user, facts, (await stat(path)).size, others);
        return error === undefined ? { attachment: await keep(id, user, facts, path, cleanPath) } : { error };
      } finally {
        await incoming.remove(cleanPath);
      }
    },
  };
}

/** Only the sender's browser knows a video's dimensions. */
function sizeOf(
  picture: { width: number; height: number } | undefined,
  { kind }: ContentType,
  { width, height }: UploadFacts,
): Pick<Attachment, 'width' | 'height'> {
  if (picture !== undefined) return { width: picture.width, height: picture.height };
  return kind === 'video' && width !== undefined && height !== undefined ? { width, height } : {};
}

/** The duration and the waveform, which only the sender's browser knows, and which are only shown. */
function soundFacts(
  { kind }: ContentType,
  { durationMs, waveform }: UploadFacts,
): Pick<Attachment, 'durationMs' | 'waveform'> {
  if (kind === 'image' || kind === 'document') return {};
  return {
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(waveform === undefined || kind === 'video' ? {} : { waveform }),
  };
}
