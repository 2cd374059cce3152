import { Dexie } from 'dexie';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';

/**
 * From now on, every database of this page is in memory: on a shared computer, rows, files and the search index must be gone with
 * the tab, even after a crash. The page's own code does not change, because the databases keep their interface. [SEC-54]
 */
export function keepInMemory(): void {
  Object.assign(Dexie.dependencies, { indexedDB: new IDBFactory(), IDBKeyRange });
}
