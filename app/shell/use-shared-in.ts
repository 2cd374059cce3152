import { useEffect, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { paths } from '#app/links/paths.ts';
import { SHARED_PAGE } from '#app/local-store/share-paths.ts';
import type { SharedIn } from '#app/local-store/shared-in.ts';
import type { UserId } from '#protocol/ids.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';

/** Files that are opened with the installed app. TypeScript's types lack it. */
interface LaunchQueue {
  setConsumer(consumer: (launch: { files: readonly { getFile(): Promise<File> }[] }) => void): void;
}

/** The content that another app has shared with this one, or that the system opens with it, until it is sent or discarded. */
export function useSharedIn(self: UserId): [SharedIn | undefined, () => void] {
  const [shared, setShared] = useState<SharedIn>();
  const [path, navigate] = useLocation();
  const search = useSearch();
  const isShared = `${path}?${search}`.replace(/=$/, '') === SHARED_PAGE;
  useEffect(() => {
    if (!isShared) return;
    navigate(paths.list, { replace: true });
    // If the cache cannot be read, there is nothing to send.
    importWithRetry(() => import('#app/local-store/shared-in.ts'))
      .then(({ takeShared }) => takeShared(self))
      .then(setShared, () => undefined);
  }, [isShared, navigate, self]);
  useEffect(() => {
    const { launchQueue } = window as { launchQueue?: LaunchQueue };
    launchQueue?.setConsumer(({ files }) => {
      if (files.length === 0) return;
      Promise.all(files.map((file) => file.getFile())).then(
        (opened) => setShared({ files: opened, text: '', isUnclaimed: false }),
        // The file is gone, or may not be read.
        () => undefined,
      );
    });
  }, []);
  return [shared, () => setShared(undefined)];
}
