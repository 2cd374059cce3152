import type { LocalStore } from '#app/local-store/local-store.ts';

/** One device: `tab` opens the store, once more for each further tab. */
export interface TestDevice {
  tab(): Promise<LocalStore>;
  close(): Promise<void>;
}
