import { useEffect, useState, type ReactNode } from 'react';
import { useAppStore } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import { type Pictures, PicturesContext, noPictures } from '#app/ui/pictures.ts';
import { afterFirstScreens } from './after-first-screens.ts';

/** Gives every avatar in it the picture of its person or group. The first screens do not wait for them. */
export function WithPictures({ client: { store }, children }: { client: Client; children: ReactNode }) {
  const appStore = useAppStore();
  const [pictures, setPictures] = useState<Pictures>(noPictures);
  useEffect(() => {
    const abort = new AbortController();
    async function open(): Promise<void> {
      await afterFirstScreens(appStore);
      if (abort.signal.aborted) return;
      const [{ openPictures }, { filesOf }] = await importWithRetry(() =>
        Promise.all([import('#app/media/open-pictures.ts'), import('#app/local-store/files.ts')]),
      );
      if (!abort.signal.aborted) setPictures(openPictures(store, filesOf(store.userId), abort.signal));
    }
    // Without the code, which cannot be fetched now, people are shown with their initials.
    open().catch(() => undefined);
    return () => {
      abort.abort();
      setPictures(noPictures);
    };
  }, [store, appStore]);
  return <PicturesContext value={pictures}>{children}</PicturesContext>;
}
