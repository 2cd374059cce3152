import type { StoreFailure } from '#app/local-store/opened.ts';
import type { MessageKey } from '#app/i18n/words.ts';

/** Every way in which the device's storage can refuse, in words. */
export function storageWords(failure: StoreFailure): { title: MessageKey; body: MessageKey } {
  switch (failure) {
    case 'missing':
      return { title: 'store.missing', body: 'store.missingBody' };
    case 'blocked':
      return { title: 'store.blocked', body: 'store.blockedBody' };
    case 'newer':
      return { title: 'store.newer', body: 'store.newerBody' };
    case 'broken':
      return { title: 'store.broken', body: 'store.brokenBody' };
  }
}
