import { startTransition, useEffect, useRef, useState } from 'react';
import { readThrottled } from './throttled-reads.ts';

interface ThrottledReadOptions<T> {
  read: () => Promise<T>;
  /** Calls the listener when there is something new to read; returns a function that removes it. */
  onChange: (listener: () => void) => () => void;
  settleMs?: number;
  /**
   * Whether the value after this one, or the first value, may be drawn in slices. Between slices the page answers to its user, who may
   * scroll meanwhile: a view that keeps its scroll position allows this only while it shows nothing yet.
   */
  mayBeSliced: (before: T | undefined) => boolean;
}

/**
 * The result of `read`, which is read again after each change, with the pauses of `readThrottled`. Undefined until it has been read
 * once. When one of `deps` changes, the last value stays until the new one is there.
 */
export function useThrottledRead<T>(options: ThrottledReadOptions<T>, deps: readonly unknown[]) {
  const { read, onChange, settleMs, mayBeSliced } = options;
  const latest = useRef<T>(undefined);
  const [last, setLast] = useState<{ value: T } | { error: unknown }>();
  useEffect(
    () =>
      readThrottled({
        read,
        onChange,
        ...(settleMs === undefined ? {} : { settleMs }),
        // If the value is the same, nothing is drawn.
        onValue(value) {
          const draw = () =>
            setLast((before) =>
              before !== undefined && 'value' in before && before.value === value ? before : { value },
            );
          if (mayBeSliced(latest.current)) startTransition(draw);
          else draw();
          latest.current = value;
        },
        onError: (error) => setLast({ error }),
        now: () => performance.now(),
        later(run, ms) {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
      }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the caller's, as with `useEffect`
    deps,
  );
  if (last !== undefined && 'error' in last) throw last.error;
  return last?.value;
}
