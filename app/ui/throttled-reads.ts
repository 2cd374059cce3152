interface ThrottledReadsParts<T> {
  read: () => Promise<T>;
  /** Calls the listener when there is something new to read; returns a function that removes it. */
  onChange: (listener: () => void) => () => void;
  onValue: (value: T) => void;
  onError: (error: unknown) => void;
  /** The shortest time between a change and the read, for a view that has shown the change already; 0 if absent. */
  settleMs?: number;
  now: () => number;
  /** Runs the function after this time; returns a function that cancels it. */
  later: (run: () => void, ms: number) => () => void;
}

/** After a read there is a pause of this many times its duration, so that reading takes at most a quarter of the time. */
const PAUSE_PER_READ = 3;
/** Nobody can follow a list that changes more often. The pause also leaves time for drawing after a read. */
const SHORTEST_PAUSE_MS = 100;
/** However slow the device is, the screen is updated within this time plus that of a read. */
const LONGEST_PAUSE_MS = 1_000;

/**
 * Reads now and whenever something changes: at once, or after `settleMs`, if the pause after the last read is over, and otherwise at
 * its end, however many changes there were meanwhile. Every value that is read is passed on, so a stream of changes delays the next
 * value and never starves it. Returns a function that stops the reads.
 */
export function readThrottled<T>(parts: ThrottledReadsParts<T>): () => void {
  const { read, onChange, onValue, onError, settleMs = 0, now, later } = parts;
  let isStopped = false;
  let isReading = false;
  let isStale = false;
  let pausedUntil = 0;
  let cancel: (() => void) | undefined;

  function changed(): void {
    isStale = true;
    if (isReading || cancel !== undefined || isStopped) return;
    const pauseMs = Math.max(settleMs, pausedUntil - now());
    if (pauseMs <= 0) return void readNow();
    cancel = later(() => {
      cancel = undefined;
      void readNow();
    }, pauseMs);
  }

  async function readNow(): Promise<void> {
    isReading = true;
    // Cleared before the read starts, because its result may not contain a change during it.
    isStale = false;
    const startedAt = now();
    try {
      const value = await read();
      if (!isStopped) onValue(value);
    } catch (error) {
      if (!isStopped) onError(error);
    }
    const pauseMs = Math.max(SHORTEST_PAUSE_MS, PAUSE_PER_READ * (now() - startedAt));
    pausedUntil = now() + Math.min(LONGEST_PAUSE_MS, pauseMs);
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
