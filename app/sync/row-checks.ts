import type { LocalStore } from '#app/local-store/local-store.ts';
import type { StreamId } from '#protocol/ids.ts';

/** A check counts keys of an index; so many streams take a few milliseconds. */
const STREAMS_AT_ONCE = 10;
const PAUSE_MS = 200;
/** Rows are rarely lost while the app runs: a browser loses them in between, or a person clears them. */
const EVERY_MS = 600_000;

interface RowChecksParts {
  store: Pick<LocalStore, 'cursors' | 'check'>;
  onDamaged: (streams: readonly StreamId[]) => void;
  onDefect: (error: unknown) => void;
}

export interface RowChecks {
  /** The device has caught up: checks every stream once, a few at a time, unless that was done a short time ago. */
  start(): void;
  close(): void;
}

/**
 * Finds streams that lack rows which their cursors claim. [DG4] It runs when the device is idle and in small pieces, so a reconnect
 * costs the same however many messages are stored.
 */
export function createRowChecks({ store, onDamaged, onDefect }: RowChecksParts): RowChecks {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isClosed = false;
  let finishedMs: number | undefined;

  async function run(): Promise<void> {
    const streams = Object.keys(await store.cursors()) as StreamId[];
    for (let at = 0; at < streams.length && !isClosed; at += STREAMS_AT_ONCE) {
      const damaged = await store.check(streams.slice(at, at + STREAMS_AT_ONCE));
      if (isClosed) return;
      if (damaged.length > 0) onDamaged(damaged);
      await new Promise<void>((resolve) => (timer = setTimeout(resolve, PAUSE_MS)));
    }
    finishedMs = Date.now();
  }

  return {
    start() {
      if (isRunning || isClosed) return;
      if (finishedMs !== undefined && Date.now() - finishedMs < EVERY_MS) return;
      isRunning = true;
      run()
        .catch((error: unknown) => isClosed || onDefect(error))
        .finally(() => (isRunning = false));
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
