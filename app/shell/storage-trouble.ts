import type { StoreFailure } from '#app/local-store/opened.ts';
import type { MessageKey } from '#app/i18n/words.ts';

/** It refuses, or lets us wait. */
export type StorageTroubleKind = StoreFailure | 'waiting';

/** Every way in which the device's storage can be no help, in words. */
export function storageWords(trouble: StorageTroubleKind): { title: MessageKey; body: MessageKey } {
  switch (trouble) {
    case 'missing':
      return { title: 'store.missing', body: 'store.missingBody' };
    case 'waiting':
      return { title: 'store.waiting', body: 'store.waitingBody' };
    case 'newer':
      return { title: 'store.newer', body: 'store.newerBody' };
    case 'broken':
      return { title: 'store.broken', body: 'store.brokenBody' };
  }
}
