interface RestedReadsParts<T> {
  read: () => Promise<T>;
  /** Calls the listener when there is something new to read; returns a function that removes it. */
  onChange: (listener: () => void) => () => void;
  onValue: (value: T) => void;
  onError: (error: unknown) => void;
  /** How long after a change it is read at the earliest, for a view that has shown the change already; 0 if it is left out. */
  settleMs?: number;
  now: () => number;
  /** Runs the function after some time; returns a function that prevents it. */
  later: (run: () => void, ms: number) => () => void;
}

/** The rest after a read lasts this many times as long as the read, so that reading takes at most a quarter of the time. */
const REST_PER_READ = 3;
/** Nobody follows a list that changes more often. It also leaves time for what is drawn after a read. */
const SHORTEST_REST_MS = 100;
/** However slow the device is, the screen follows within this time and that of a read. */
const LONGEST_REST_MS = 1_000;

/**
 * Reads now and whenever something changes: after a pause at once, or after `settleMs`, otherwise when the rest after the last read is
 * over, however many changes there were meanwhile. Every value that is read is passed on, so a stream of changes delays the next value
 * and never starves it. Returns a function that stops the reads.
 */
export function readWithRests<T>(parts: RestedReadsParts<T>): () => void {
  const { read, onChange, onValue, onError, settleMs = 0, now, later } = parts;
  let isStopped = false;
  let isReading = false;
  let isStale = false;
  let restsUntil = 0;
  let cancel: (() => void) | undefined;

  function changed(): void {
    isStale = true;
    if (isReading || cancel !== undefined || isStopped) return;
    const restMs = Math.max(settleMs, restsUntil - now());
    if (restMs <= 0) return void readNow();
    cancel = later(() => {
      cancel = undefined;
      void readNow();
    }, restMs);
  }

  async function readNow(): Promise<void> {
    isReading = true;
    // Cleared before the read begins: a change during it may not be contained in its result.
    isStale = false;
    const begunAt = now();
    try {
      const value = await read();
      if (!isStopped) onValue(value);
    } catch (error) {
      if (!isStopped) onError(error);
    }
    const restMs = Math.max(SHORTEST_REST_MS, REST_PER_READ * (now() - begunAt));
    restsUntil = now() + Math.min(LONGEST_REST_MS, restMs);
    isReading = false;
    if (isStale) changed();
  }

  const stopListening = onChange(changed);
  void readNow();
  return () => {
    isStopped = true;
    cancel?.();
    stopListening();
  };
}
