import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';

/**
 * Gives the test file that calls it an empty IndexedDB in memory. Many test files share a process, and Dexie keeps the IndexedDB that it
 * found when it was loaded: without this call, the result would depend on the files that ran before.
 */
export function startFakeIndexedDb(): void {
  globalThis.indexedDB = new IDBFactory();
  globalThis.IDBKeyRange = IDBKeyRange;
  Object.assign(Dexie.dependencies, { indexedDB, IDBKeyRange });
}
