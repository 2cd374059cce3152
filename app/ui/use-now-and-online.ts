import { useEffect } from 'react';

/** Runs the function at once, and again whenever the browser is back online, when failed fetches may succeed. */
export function useNowAndOnline(run: () => Promise<void>): void {
  useEffect(() => {
    const runAgain = () => void run();
    runAgain();
    addEventListener('online', runAgain);
    return () => removeEventListener('online', runAgain);
  }, [run]);
}
