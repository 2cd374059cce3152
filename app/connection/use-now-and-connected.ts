import { useEffect, useRef } from 'react';
import { isConnected } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';

/**
 * Runs the function at once, and again whenever the server has been reached again, because what failed may succeed now. The
 * browser can't tell: while the server restarts, the device is online all the time. The last answer counts, so the second run
 * begins after the first.
 */
export function useNowAndConnected(run: () => Promise<void>): void {
  const isHere = useAppSelector(isConnected);
  const last = useRef<{ run: () => Promise<void>; done: Promise<void> }>(undefined);
  useEffect(() => {
    const before = last.current;
    if (before?.run !== run) last.current = { run, done: run() };
    else if (isHere) last.current = { run, done: before.done.then(() => run()) };
  }, [run, isHere]);
}
