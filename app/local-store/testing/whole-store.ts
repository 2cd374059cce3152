import { engineWrites } from '#app/local-store/engine-writes.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import type { Backing } from '#app/local-store/rows.ts';
import { storeOver } from '#app/local-store/store-over.ts';
import type { UserId } from '#protocol/ids.ts';

export const loadEngineWrites = () => Promise.resolve(engineWrites);

/** A store that has all its code from the start, so that no test waits for a part of it. */
export const wholeStoreOver = (backing: Backing, userId: UserId): LocalStore =>
  storeOver(backing, userId, loadEngineWrites);
