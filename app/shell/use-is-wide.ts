import { useSyncExternalStore } from 'react';

/** Wide enough to show list, chat and details side by side. */
const wide = matchMedia('(width >= 1240px)');

export function useIsWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      wide.addEventListener('change', changed);
      return () => wide.removeEventListener('change', changed);
    },
    () => wide.matches,
  );
}
