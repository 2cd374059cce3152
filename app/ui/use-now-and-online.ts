import { useEffect } from 'react';

/** Runs this at once, and again whenever the browser is online again: what could not be fetched is there by then. */
export function useNowAndOnline(run: () => Promise<void>): void {
  useEffect(() => {
    const runAgain = () => void run();
    runAgain();
    addEventListener('online', runAgain);
    return () => removeEventListener('online', runAgain);
  }, [run]);
}
