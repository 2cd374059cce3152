import { Dexie, type Table } from 'dexie';
import type { ConversationId, MediaId, UserId } from '#protocol/ids.ts';
import { FIRST_CHOICES, type FileChoices, type KeptFacts, filesToRemove } from './file-choices.ts';
import { keptFilesDatabaseName } from './tables.ts';

/** A whole file as the server sent it. */
export interface KeptFile {
  id: MediaId;
  stream: ConversationId;
  content: Blob;
  /** The server's headers that say how it may be shown. */
  mime: string;
  disposition: string;
}

type Facts = KeptFacts & Omit<KeptFile, 'content'>;

/** The files that one person has seen on this device, which are available offline too. */
export interface KeptFiles {
  /** Aborted when the person has signed out, because these files can no longer be used. */
  ended: AbortSignal;
  get(id: MediaId): Promise<Omit<KeptFile, 'stream'> | undefined>;
  has(id: MediaId): Promise<boolean>;
  /** Removes the least recently used files to make room. False if the file is larger than the budget, or the device is full. */
  keep(file: KeptFile): Promise<boolean>;
  usage(): Promise<{ bytes: number; count: number }>;
  /** Removes all files except those of chats that are kept offline. */
  free(): Promise<void>;
  choices(): Promise<FileChoices>;
  /** A smaller budget takes effect at once. `change` is a function if it depends on the present choices, which others may change. */
  choose(change: Partial<FileChoices> | ((present: FileChoices) => Partial<FileChoices>)): Promise<FileChoices>;
}

function openKeptFiles(userId: UserId, onGone: () => void): KeptFiles {
  const database = new Dexie(keptFilesDatabaseName(userId)) as Dexie & {
    facts: Table<Facts, MediaId>;
    contents: Table<{ id: MediaId; content: Blob }, MediaId>;
    choices: Table<{ key: 'choices'; value: Partial<FileChoices> }, 'choices'>;
  };
  database.version(1).stores({ facts: 'id', contents: 'id', choices: 'key' });
  // A sign-out deletes it, in this tab or in another one.
  const ending = new AbortController();
  database.on('versionchange', () => {
    ending.abort();
    database.close();
    onGone();
    return false;
  });
  const { facts, contents } = database;

  async function remove(files: readonly Facts[]): Promise<void> {
    const ids = files.map(({ id }) => id);
    await Promise.all([facts.bulkDelete(ids), contents.bulkDelete(ids)]);
  }
  const choices = async (): Promise<FileChoices> => ({
    ...FIRST_CHOICES,
    ...(await database.choices.get('choices'))?.value,
  });

  return {
    ended: ending.signal,
    async get(id) {
      const [about, held] = await Promise.all([facts.get(id), contents.get(id)]);
      if (about === undefined || held === undefined) return undefined;
      await facts.update(id, { usedAt: Date.now() });
      return { id, content: held.content, mime: about.mime, disposition: about.disposition };
    },
    has: async (id) => (await facts.where('id').equals(id).count()) > 0,
    async keep({ content, ...about }) {
      try {
        return await database.transaction('rw', facts, contents, database.choices, async () => {
          const chosen = await choices();
          const isOffline = chosen.offline.includes(about.stream);
          const gone = filesToRemove(await facts.toArray(), isOffline ? 0 : content.size, chosen);
          if (gone === undefined) return false;
          await remove(gone);
          await facts.put({ ...about, size: content.size, usedAt: Date.now() });
          await contents.put({ id: about.id, content });
          return true;
        });
      } catch {
        // No space left. A file that is not kept will be fetched again.
        return false;
      }
    },
    async usage() {
      const all = await facts.toArray();
      return { bytes: all.reduce((sum, { size }) => sum + size, 0), count: all.length };
    },
    free: () =>
      database.transaction('rw', facts, contents, database.choices, async () => {
        const { offline } = await choices();
        await remove((await facts.toArray()).filter(({ stream }) => !offline.includes(stream)));
      }),
    choices,
    choose: (change) =>
      database.transaction('rw', facts, contents, database.choices, async () => {
        const present = await choices();
        const chosen = { ...present, ...(typeof change === 'function' ? change(present) : change) };
        await database.choices.put({ key: 'choices', value: chosen });
        await remove(filesToRemove(await facts.toArray(), 0, chosen) ?? []);
        return chosen;
      }),
  };
}

const opened = new Map<UserId, KeptFiles>();

/** The same object for everybody in this tab, or in the worker. */
export function keptFilesOf(userId: UserId): KeptFiles {
  const files = opened.get(userId) ?? openKeptFiles(userId, () => opened.delete(userId));
  opened.set(userId, files);
  return files;
}
