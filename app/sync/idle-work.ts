export interface IdleWork {
  /** Runs the work, unless it is running. */
  start(): void;
  close(): void;
}

export interface Pace {
  readonly isClosed: boolean;
  /** Leaves the device to the person for so long. It never resolves once the work is closed. */
  pause(ms: number): Promise<void>;
}

/** Work of many small pieces that nothing waits for, at most once at a time. Whoever does it looks at `isClosed` after each piece. */
export function createIdleWork(run: (pace: Pace) => Promise<void>, onDefect: (error: unknown) => void): IdleWork {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isClosed = false;
  const pace: Pace = {
    get isClosed() {
      return isClosed;
    },
    pause: (ms) => new Promise((resolve) => (timer = setTimeout(resolve, ms))),
  };
  return {
    start() {
      if (isRunning || isClosed) return;
      isRunning = true;
      run(pace)
        .catch((error: unknown) => isClosed || onDefect(error))
        .finally(() => (isRunning = false));
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
