import { useEffect } from 'react';

/** Runs the function whenever the page is shown again, because what it has fetched may have changed meanwhile. */
export function useWhenShown(run: () => Promise<void>): void {
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void run();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [run]);
}
