import { Dexie } from 'dexie';
import type { UserId } from '#protocol/ids.ts';
import { backingOver } from './dexie-backing.ts';
import type { LocalStore } from './local-store.ts';
import { openDatabase, type Opened, type StoreFailure } from './opened.ts';
import { SHARED_CACHE } from './share-paths.ts';
import { storeOver, type LoadEngineWrites } from './store-over.ts';
import { databaseName, declareTables, filesDatabaseName, keptFilesDatabaseName, searchDatabaseName } from './tables.ts';

/** The time limit for opening a database that is to be wiped, and again for deleting it. */
const WIPED_WITHIN_MS = 5_000;

interface Opening {
  loadEngineWrites: LoadEngineWrites;
  /** Opening takes long: the device is busy, or a tab with an older version keeps the database open. */
  onWaiting?: () => void;
  /**
   * The database was upgraded by a newer version in another tab, or was deleted. This tab closes it permanently, and all further
   * calls reject.
   */
  onLetGo?: (why: StoreFailure) => void;
}

/** Opens the rows of one person on this device. Each person has their own database. */
export async function openLocalStore(
  userId: UserId,
  { loadEngineWrites, onWaiting, onLetGo }: Opening,
): Promise<Opened<LocalStore>> {
  const tables = declareTables(databaseName(userId));
  tables.on('versionchange', ({ newVersion }) => {
    // By default Dexie closes and reopens with the next query, which would undo a deletion and block an upgrade again.
    tables.close();
    onLetGo?.(newVersion === null ? 'gone' : 'newer');
    return false;
  });
  // The browser may close it without asking, to clear the data of this site. Dexie then creates an empty one with the next query.
  let isOpen = false;
  tables.on('populate', () => {
    if (!isOpen) return;
    isOpen = false;
    setTimeout(() => tables.close());
    onLetGo?.('gone');
  });
  const failure = await openDatabase(tables, onWaiting);
  isOpen = failure === undefined;
  if (failure !== undefined) return { ok: false, failure };
  return { ok: true, value: storeOver(backingOver(tables), userId, loadEngineWrites) };
}

/**
 * Removes everything about a person from the device. [CL6] The rows and the files are deleted first, so that they are gone even if
 * a frozen tab keeps a database open: the browser then deletes the database when that tab ends. [SEC-49]
 */
export async function wipePerson(userId: UserId, withinMs = WIPED_WITHIN_MS): Promise<void> {
  // Only secure pages have caches, and a browser that blocks site data refuses them. In both cases nothing was shared.
  if ('caches' in globalThis) {
    const forgetting = caches.delete(SHARED_CACHE).catch(() => false);
    await within(withinMs, forgetting, undefined);
  }
  const name = databaseName(userId);
  const tables = declareTables(name);
  // A database that cannot be opened or emptied can still be deleted.
  if ((await within(WIPED_WITHIN_MS, openDatabase(tables), 'late')) === undefined) {
    await tables
      .transaction('rw', tables.tables, async () => {
        await Promise.all(tables.tables.map((table) => table.clear()));
      })
      .catch(() => undefined);
  }
  tables.close();
  const otherNames = [filesDatabaseName(userId), keptFilesDatabaseName(userId), searchDatabaseName(userId)];
  await Promise.all(otherNames.map(emptyTables));
  // All at the same time: the first one may be blocked, and the request also ends the downloads, which would otherwise store
  // their files again.
  await Promise.all([name, ...otherNames].map((each) => within(withinMs, Dexie.delete(each), undefined)));
}

/** Empties all tables that the database has, without declaring them. A database that does not exist is not created. */
async function emptyTables(name: string): Promise<void> {
  const database = new Dexie(name);
  const emptying = database
    .open()
    .then(() =>
      database.transaction('rw', database.tables, () => Promise.all(database.tables.map((each) => each.clear()))),
    )
    // The database does not exist, or cannot be opened and can still be deleted.
    .then(undefined, () => undefined);
  await within(WIPED_WITHIN_MS, Promise.resolve(emptying), undefined);
  database.close();
}

/** The result of the work, or `late` if it takes longer than `ms`. */
async function within<T, L>(ms: number, work: Promise<T>, late: L): Promise<T | L> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waited = new Promise<L>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  return Promise.race([work, waited]).finally(() => clearTimeout(timer));
}
