import { useEffect } from 'react';
import { isCheapToFetch } from '#app/media/may-download.ts';
import { useAppSelector } from '#app/state/store.ts';
import { whenIdle } from '#app/ui/when-idle.ts';
import { Details, NewChat, Settings } from './lazy-panes.ts';

/**
 * Fetches the panes that are one press away, in idle time and one after another, so that they open without a wait. The first screen and
 * what the device missed come before them. Where the service worker does not have them yet, a link that is slow or costs money
 * carries only what somebody opens.
 */
export function usePanesAhead(isListDrawn: boolean): void {
  const isOnline = useAppSelector((state) => state.connection.connection.phase === 'online');
  const isKept = 'serviceWorker' in navigator && navigator.serviceWorker.controller !== null;
  const mayStart = isListDrawn && (isKept || (isOnline && isCheapToFetch()));
  useEffect(() => {
    if (!mayStart) return undefined;
    let stop = () => {};
    const fetchNext = ([next, ...later]: readonly { fetch: () => Promise<unknown> }[]) => {
      if (next === undefined) return;
      stop = whenIdle(() => {
        // A defect in a pane's code is reported where the pane is drawn.
        next
          .fetch()
          .catch(() => undefined)
          .finally(() => fetchNext(later));
      });
    };
    fetchNext([Details, NewChat, Settings]);
    return () => stop();
  }, [mayStart]);
}
