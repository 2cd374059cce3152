import { Dexie, type Table, liveQuery } from 'dexie';
import type { UploadFacts } from '#protocol/http.ts';
import type { ConversationId, MediaId, OpId, UserId } from '#protocol/ids.ts';
import { namesOf } from './error-names.ts';
import { StoreRefused } from './refused.ts';
import { filesDatabaseName } from './tables.ts';

/** A file that waits to be uploaded, with its description. */
export interface WaitingFile {
  /** The id that this device gave it. */
  id: MediaId;
  stream: ConversationId;
  content: Blob;
  facts: Pick<UploadFacts, 'kind' | 'name' | 'width' | 'height' | 'durationMs' | 'waveform'>;
  /** A small picture like the one that the server will make. */
  preview?: Blob;
  addedAt: number;
}

/** How far the upload of a waiting file is, apart from the file itself, which is never written again. */
export interface Sending {
  /** Of the file. */
  id: MediaId;
  /** Where its upload continues, if it has started. */
  url?: string;
  /** Its sender has paused it, and may continue it later. */
  isPaused?: boolean;
}

/** A file in a sheet, from which it has not been sent yet. It never changes: another edit is another row. */
export interface PickedFile {
  id: string;
  file: File;
  /** A picture that was cropped or turned, with what was done to the picked one. */
  edited?: { file: File; turns: number; area: PictureArea };
}

/** A part of a picture, in percent of its sides. */
export interface PictureArea {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is about to be sent to a chat. Its files have their own rows, which are not written again when the text changes. */
interface SheetRow {
  stream: ConversationId;
  caption: string;
  asFiles: boolean;
  when?: { date: string; time: string } | undefined;
  /** Ids of its files. */
  order: string[];
}

/** What a voice recording consists of so far. Its sound is in rows of their own, which are written while it is recorded. */
interface RecordingRow {
  stream: ConversationId;
  mime: string;
  durationMs: number;
  waveform: string;
}

/** A poll that is being composed. */
export interface PollForm {
  question: string;
  /** The options' fields; a key stays the same while fields before it are removed. */
  fields: readonly { key: number; text: string }[];
  isMultiple: boolean;
  isAnonymous: boolean;
  /** The day and the time at which it is to be sent, by the clock of this device; absent: now. */
  when?: { date: string; time: string } | undefined;
}

/** The message to which somebody is writing a reply. */
interface ReplyRow {
  stream: ConversationId;
  to: OpId;
}

/** A small picture that this device has shown. */
interface SeenPicture {
  id: MediaId;
  picture: Blob;
  usedAt: number;
}

/**
 * The files of one person on this device, in a database of their own: a transaction of the rows locks all their tables, and must not
 * wait until a film is written.
 */
export interface Files {
  /** Resolves when the files are durable. Rejects with StoreRefused. */
  add(files: readonly WaitingFile[]): Promise<void>;
  waiting(id: MediaId): Promise<WaitingFile | undefined>;
  /** The progress of every file whose upload has started or was paused, including files whose message was taken back since. */
  sending(): Promise<Sending[]>;
  noteSending(change: Sending): Promise<void>;
  /** The upload has ended, on the server too. */
  forgetSending(id: MediaId): Promise<void>;
  /** Calls the listener now, and whenever a file was paused or resumed, in any tab. Returns a function that removes it. */
  onPaused(listener: (ids: ReadonlySet<MediaId>) => void): () => void;
  /** The file is on the server under its new id: only its small picture is kept. */
  uploaded(local: MediaId, id: MediaId): Promise<void>;
  /** Removes waiting files at once, because their message was taken back for good. */
  remove(ids: readonly MediaId[]): Promise<void>;
  /** Removes waiting files that are older than `before` and not among these. */
  removeOthers(ids: ReadonlySet<MediaId>, before: number): Promise<void>;
  seen(id: MediaId): Promise<Blob | undefined>;
  keepSeen(id: MediaId, picture: Blob): Promise<void>;
  /** What was picked, recorded, asked or quoted and has not been sent: the files whose names begin with `unsent-` read and write it. */
  unsent: Unsent;
  /** The bytes of small pictures and of files that wait to be sent. */
  usage(): Promise<{ seen: number; waiting: number }>;
  /** Removes the small pictures, which are fetched again when they are shown. */
  forgetSeen(): Promise<void>;
}

export interface Unsent {
  sheets: Table<SheetRow, ConversationId>;
  picked: Table<PickedFile & { stream: ConversationId }, string>;
  recordings: Table<RecordingRow, ConversationId>;
  sounds: Table<{ stream: ConversationId; content: Blob }, number>;
  polls: Table<PollForm & { stream: ConversationId }, ConversationId>;
  replies: Table<ReplyRow, ConversationId>;
  /** Runs the work in one transaction of the tables for files and recordings. */
  write<T>(work: () => Promise<T>): Promise<T>;
}

/** Small pictures that are kept; about 50 kB each. */
const SEEN_KEPT = 1_000;
/** They are removed in steps, because counting takes time. */
const SEEN_STEP = 100;

/** `onGone`: the database was deleted, so these files can no longer be used. */
function openFiles(userId: UserId, onGone: () => void): Files {
  const database = new Dexie(filesDatabaseName(userId), { chromeTransactionDurability: 'strict' }) as Dexie & {
    waiting: Table<WaitingFile, MediaId>;
    seen: Table<SeenPicture, MediaId>;
    sending: Table<Sending, MediaId>;
  } & Omit<Unsent, 'write'>;
  database.version(1).stores({ waiting: 'id', seen: 'id, usedAt' });
  database.version(2).stores({ sending: 'id' });
  database.version(3).stores({ sheets: 'stream', picked: 'id, stream', recordings: 'stream', sounds: '++, stream' });
  database.version(4).stores({ polls: 'stream', replies: 'stream' });
  // A sign-out deletes it, in this tab or in another one.
  database.on('versionchange', () => {
    database.close();
    onGone();
    return false;
  });
  const { waiting, seen, sending, sheets, picked, recordings, sounds, polls, replies } = database;

  async function keepSeen(id: MediaId, picture: Blob): Promise<void> {
    await seen.put({ id, picture, usedAt: Date.now() });
    const count = await seen.count();
    if (count < SEEN_KEPT + SEEN_STEP) return;
    await seen.bulkDelete(
      await seen
        .orderBy('usedAt')
        .limit(count - SEEN_KEPT)
        .primaryKeys(),
    );
  }

  return {
    async add(files) {
      try {
        await waiting.bulkPut([...files]);
      } catch (error) {
        throw new StoreRefused(namesOf(error).includes('QuotaExceededError') ? 'full' : 'lost', error);
      }
    },
    waiting: (id) => waiting.get(id),
    sending: () => sending.toArray(),
    noteSending: ({ id, ...change }) =>
      database.transaction('rw', sending, async () => {
        await sending.put({ ...(await sending.get(id)), ...change, id });
      }),
    forgetSending: (id) => sending.delete(id),
    onPaused(listener) {
      const paused = liveQuery(async () => (await sending.toArray()).filter(({ isPaused }) => isPaused === true));
      // A database that is gone has no paused files.
      const { unsubscribe } = paused.subscribe(
        (rows) => listener(new Set(rows.map(({ id }) => id))),
        () => undefined,
      );
      return unsubscribe;
    },
    remove: (ids) => waiting.bulkDelete([...ids]),
    async uploaded(local, id) {
      const preview = (await waiting.get(local))?.preview;
      if (preview !== undefined) await keepSeen(id, preview);
      await waiting.delete(local);
      await sending.delete(local);
    },
    async removeOthers(ids, before) {
      const held = await waiting.toCollection().primaryKeys();
      for (const id of held.filter((each) => !ids.has(each))) {
        const file = await waiting.get(id);
        if (file !== undefined && file.addedAt < before) await waiting.delete(id);
      }
    },
    async seen(id) {
      const found = await seen.get(id);
      if (found !== undefined) await seen.update(id, { usedAt: Date.now() });
      return found?.picture;
    },
    keepSeen,
    unsent: {
      sheets,
      picked,
      recordings,
      sounds,
      polls,
      replies,
      write: (work) => database.transaction('rw', [sheets, picked, recordings, sounds], work),
    },
    async usage() {
      const bytes = (blobs: readonly (Blob | undefined)[]) => blobs.reduce((sum, blob) => sum + (blob?.size ?? 0), 0);
      const [pictures, files, unsent, recorded] = await Promise.all([
        seen.toArray(),
        waiting.toArray(),
        picked.toArray(),
        sounds.toArray(),
      ]);
      return {
        seen: bytes(pictures.map(({ picture }) => picture)),
        waiting: bytes([
          ...files.flatMap(({ content, preview }) => [content, preview]),
          ...unsent.flatMap(({ file, edited }) => [file, edited?.file]),
          ...recorded.map(({ content }) => content),
        ]),
      };
    },
    forgetSeen: () => seen.clear(),
  };
}

const opened = new Map<UserId, Files>();

/** The same object for everybody in this tab. */
export function filesOf(userId: UserId): Files {
  const files = opened.get(userId) ?? openFiles(userId, () => opened.delete(userId));
  opened.set(userId, files);
  return files;
}
