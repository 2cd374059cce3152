import type { UserId } from '#protocol/ids.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { openLocalStore } from '#app/local-store/open.ts';
import { loadEngineWrites } from './whole-store.ts';

/** The store of a person, with everything that the engine writes. */
export async function opened(userId: UserId, onLetGo?: (why: string) => void): Promise<LocalStore> {
  const store = await openLocalStore(
    userId,
    onLetGo === undefined ? { loadEngineWrites } : { loadEngineWrites, onLetGo },
  );
  if (!store.ok) throw new Error(store.failure);
  return store.value;
}

/** The native connection that a call opened, to keep open or to kill, as browsers do. */
export function plainOpen(name: string, version: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(request.error?.name));
  });
}
