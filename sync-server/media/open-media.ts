import { join } from 'node:path';
import type { Connection } from 'mongoose';
import {
  type ConversationId,
  type MediaId,
  type MessageId,
  type StreamId,
  type UserId,
  personalStream,
} from '#protocol/ids.ts';
import type { MessageRecord, ScheduledMessage } from '#protocol/record.ts';
import type { Files } from '#server/streams/files.ts';
import type { ReadMessage } from '#server/streams/readable-message.ts';
import { RELEASED_KEPT_MS, createClaims } from './claims.ts';
import { createDiskStore } from './disk-store.ts';
import { createMayReadFile } from './may-read-file.ts';
import { type FileStore, thumbnailName } from './file-store.ts';
import { type Bytes, createInProgress } from './in-progress.ts';
import { type Incoming, openIncoming } from './incoming.ts';
import type { MediaRow } from './media-row.ts';
import { createMediaRows } from './media-rows.ts';
import { type Resumable, UNFINISHED_KEPT_MS, createResumable } from './resumable.ts';
import { type S3Settings, createS3Store } from './s3-store.ts';
import { type TakeFile, createTakeFile } from './take-file.ts';
import { type TakePoster, createTakePoster } from './take-poster.ts';
import { type Sweep, createSweep, startSweep } from './sweep.ts';

export interface MediaOptions {
  connection: Pick<Connection, 'collection'>;
  dataDir: string;
  /** Where the files are; below `dataDir` if absent. */
  bucket?: S3Settings;
  /** How many bytes one person, and the whole server, may store. */
  quota: Bytes;
  readMessage: ReadMessage;
  storedMessage(stream: ConversationId, id: MessageId): Promise<MessageRecord | undefined>;
  /** The scheduled messages of a person. */
  scheduledOf(user: UserId): Promise<ScheduledMessage[]>;
  /** Whether this is the picture of that group or person now. */
  isPicture(stream: StreamId, id: MediaId): Promise<boolean>;
  /** Whether this person is in the conversation now. */
  isMember(user: UserId, stream: ConversationId): Promise<boolean>;
  now: () => number;
  onDefect: (error: unknown) => void;
}

export interface Media {
  files: Files;
  store: FileStore;
  incoming: Incoming;
  takeFile: TakeFile;
  takePoster: TakePoster;
  resumable: Resumable;
  /** The file, if this person may read it now; undefined if not, or if there is none. [MD6] */
  find(user: UserId, id: MediaId): Promise<MediaRow | undefined>;
  /** The bytes of all files. */
  storedBytes(): Promise<number>;
  /** The files that this person uploaded and that are still needed. */
  ownFiles(user: UserId): AsyncIterable<MediaRow>;
  /** The person may have a new picture now; the previous one is deleted soon. */
  profileChanged(user: UserId): Promise<void>;
  /** Their picture is deleted like one that was replaced, and their unfinished uploads are deleted at once. [AC2] */
  personDeleted(user: UserId): Promise<void>;
  /** Deletes files that nothing needs any more. Runs by itself every few minutes. [MD7] */
  sweep: Sweep;
  close(): Promise<void>;
}

/** Everything about uploaded files. Their bytes are below `dataDir`, or in a bucket. */
export async function openMedia(options: MediaOptions): Promise<Media> {
  const { connection, dataDir, readMessage, now, onDefect } = options;
  const rows = createMediaRows(connection);
  const { bucket } = options;
  const store = bucket === undefined ? await createDiskStore(join(dataDir, 'media')) : createS3Store(bucket);
  const incoming = await openIncoming(join(dataDir, 'incoming'), now);
  const mayReadFile = createMayReadFile(readMessage, options.isPicture, options.isMember, options.scheduledOf);
  const unfinishedFolder = join(dataDir, 'uploads');
  const unfinished = await openIncoming(unfinishedFolder, now, UNFINISHED_KEPT_MS);
  const sweep = createSweep({ ...options, rows, store, incoming, unfinished });
  const sweeping = startSweep(sweep, onDefect);
  const inProgress = createInProgress(unfinishedFolder);
  const takeFile = createTakeFile({ ...options, rows, store, incoming, inProgress });
  const profileChanged = (user: UserId) => rows.checkUploadsSoon(user, personalStream(user), now() + RELEASED_KEPT_MS);
  return {
    files: createClaims(rows, now),
    store,
    incoming,
    takeFile,
    takePoster: createTakePoster({ rows, store, incoming }),
    resumable: createResumable({
      folder: unfinishedFolder,
      rows,
      takeFile,
      inProgress,
      async discard(row) {
        if (row.claims.length > 0 || !(await rows.remove(row))) return;
        await Promise.all([store.remove(row._id), store.remove(thumbnailName(row._id))]);
      },
    }),
    async find(user, id) {
      const row = (await rows.find([id])).get(id);
      return row !== undefined && (await mayReadFile(user, row)) ? row : undefined;
    },
    storedBytes: () => rows.bytesStored(),
    ownFiles: (user) => rows.ofOwner(user),
    profileChanged,
    async personDeleted(user) {
      await profileChanged(user);
      await inProgress.removeOf(user);
    },
    sweep,
    close: () => sweeping.close(),
  };
}
