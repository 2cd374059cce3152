import type { StoreFailure } from '#app/local-store/opened.ts';
import type { MessageKey } from '#app/i18n/words.ts';

/** It could not be opened, or opening it takes long. */
export type StorageTroubleKind = StoreFailure | 'waiting';

/** The texts for each reason why the device's storage can be unavailable. */
export function storageWords(trouble: StorageTroubleKind): { title: MessageKey; body: MessageKey } {
  switch (trouble) {
    case 'missing':
      return { title: 'store.missing', body: 'store.missingBody' };
    case 'waiting':
      return { title: 'store.waiting', body: 'store.waitingBody' };
    case 'newer':
      return { title: 'store.newer', body: 'store.newerBody' };
    case 'gone':
      return { title: 'store.gone', body: 'store.goneBody' };
    case 'full':
      return { title: 'store.full', body: 'store.fullBody' };
    case 'broken':
      return { title: 'store.broken', body: 'store.brokenBody' };
  }
}
