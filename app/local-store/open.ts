import { Dexie } from 'dexie';
import type { UserId } from '#protocol/ids.ts';
import { backingOver } from './dexie-backing.ts';
import type { LocalStore } from './local-store.ts';
import { openDatabase, type Opened } from './opened.ts';
import { storeOver } from './store-over.ts';
import { databaseName, declareTables } from './tables.ts';

/** Opening what is to be wiped, and deleting it: so long each is waited for. */
const WIPED_WITHIN_MS = 5_000;

interface Listeners {
  /** It takes long: the device is busy, or an older tab does not let go. */
  onWaiting?: () => void;
  /**
   * Another tab needs the database, for a newer version's upgrade or to delete it. This one has closed its own for good by
   * then; every further method rejects.
   */
  onLetGo?: () => void;
}

/** The rows of one person on this device, in a database of their own. */
export async function openLocalStore(
  userId: UserId,
  { onWaiting, onLetGo }: Listeners = {},
): Promise<Opened<LocalStore>> {
  const tables = declareTables(databaseName(userId));
  tables.on('versionchange', () => {
    // Dexie's own answer is to close and to open again with the next query: it would undo a deletion, and stand in an
    // upgrade's way once more.
    tables.close();
    onLetGo?.();
    return false;
  });
  const failure = await openDatabase(tables, onWaiting);
  return failure === undefined ? { ok: true, value: storeOver(backingOver(tables), userId) } : { ok: false, failure };
}

/**
 * Leaves nothing of a person on the device. [CL6] The rows go first, so that they are gone even where a frozen tab holds the
 * database: its deletion then waits in the browser until that tab ends. [SEC-49]
 */
export async function wipePerson(userId: UserId, withinMs = WIPED_WITHIN_MS): Promise<void> {
  const name = databaseName(userId);
  const tables = declareTables(name);
  // What does not open can't be emptied; it is deleted all the same.
  if ((await within(WIPED_WITHIN_MS, openDatabase(tables), 'late')) === undefined) {
    await tables.transaction('rw', tables.tables, async () => {
      await Promise.all(tables.tables.map((table) => table.clear()));
    });
  }
  tables.close();
  await within(withinMs, Dexie.delete(name), undefined);
}

/** What the work comes to, or `late` where that takes longer. */
async function within<T, L>(ms: number, work: Promise<T>, late: L): Promise<T | L> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<L>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  return Promise.race([work, waited]).finally(() => clearTimeout(timer));
}
