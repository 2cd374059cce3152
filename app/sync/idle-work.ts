export interface IdleWork {
  /** Runs the work, unless it is running. */
  start(): void;
  close(): void;
}

export interface Pace {
  readonly isClosed: boolean;
  /** Pauses for this long, so that the device is free for the person. Never resolves once the work is closed. */
  pause(ms: number): Promise<void>;
}

/** Runs work of many small pieces that nothing waits for, one run at a time. The work checks `isClosed` after each piece. */
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
