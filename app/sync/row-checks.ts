import type { LocalStore } from '#app/local-store/local-store.ts';
import type { StreamId } from '#protocol/ids.ts';
import { createIdleWork } from './idle-work.ts';

/** A check counts keys of an index; this many streams take a few milliseconds. */
const STREAMS_AT_ONCE = 10;
const PAUSE_MS = 200;
/** Rows are rarely lost while the app runs: a browser loses them while it does not run, or a person clears them. */
const EVERY_MS = 600_000;

interface RowChecksParts {
  store: Pick<LocalStore, 'cursors' | 'check'>;
  onDefect: (error: unknown) => void;
}

export interface RowChecks {
  /** Names the one listener, which gets the streams that lack rows. */
  listen(onDamaged: (streams: readonly StreamId[]) => void): void;
  /** The device has caught up: checks every stream once, a few at a time, unless that was done a short time ago. */
  start(): void;
  close(): void;
}

/**
 * Finds streams that lack rows which their cursors claim. [DG4] It runs when the device is idle and in small pieces, so a reconnect
 * costs the same however many messages are stored.
 */
export function createRowChecks({ store, onDefect }: RowChecksParts): RowChecks {
  let onDamaged: ((streams: readonly StreamId[]) => void) | undefined;
  let finishedMs: number | undefined;

  const work = createIdleWork(async (pace) => {
    const streams = Object.keys(await store.cursors()) as StreamId[];
    for (let at = 0; at < streams.length && !pace.isClosed; at += STREAMS_AT_ONCE) {
      const damaged = await store.check(streams.slice(at, at + STREAMS_AT_ONCE));
      if (pace.isClosed) return;
      if (damaged.length > 0) onDamaged?.(damaged);
      await pace.pause(PAUSE_MS);
    }
    finishedMs = Date.now();
  }, onDefect);

  return {
    listen(listener) {
      onDamaged = listener;
    },
    start() {
      if (finishedMs === undefined || Date.now() - finishedMs >= EVERY_MS) work.start();
    },
    close: () => work.close(),
  };
}
