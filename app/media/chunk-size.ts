/** The first chunk is small, because nothing is known about the link yet. */
const FIRST_BYTES = 64 * 1024;
const LEAST_BYTES = 8 * 1024;
/** Proxies may allow no more. */
const MOST_BYTES = 4 * 1024 * 1024;
/** Texts wait until the chunk in flight has arrived; a link with a long round trip should still be used well. */
const WANTED_MS = 2_000;

/** How many bytes the next request carries, so that each takes about two seconds on any link. */
export interface ChunkSize {
  bytes(): number;
  /** A chunk has arrived. */
  arrived(bytes: number, ms: number): void;
  /** The link failed, and may be another one now. */
  failed(): void;
  /** A proxy refuses requests of this size. */
  tooLarge(): void;
}

export function createChunkSize(): ChunkSize {
  let most = MOST_BYTES;
  let next = FIRST_BYTES;
  return {
    bytes: () => next,
    arrived(bytes, ms) {
      // The last chunk of a file, shorter than planned, says little about the link.
      if (bytes < next) return;
      const fitting = (bytes * WANTED_MS) / Math.max(1, ms);
      // One quick chunk may only have filled a buffer in between.
      next = Math.round(Math.max(LEAST_BYTES, Math.min(most, fitting, 2 * next)));
    },
    failed() {
      next = Math.min(next, FIRST_BYTES);
    },
    tooLarge() {
      most = Math.max(LEAST_BYTES, Math.floor(next / 2));
      next = most;
    },
  };
}
