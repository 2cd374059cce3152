/** Milliseconds. */
export interface Timing {
  /** How long entries gather before they are handled together. */
  gatherMs: number;
  /** How often to look for batches that were not announced, because a failed write may have become durable later. */
  pollMs: number;
  /** The same if other servers write too, whose batches are never announced here. */
  pollSharedMs: number;
  /** How often cursors are saved. */
  saveMs: number;
  /** A consumer that failed at a stream gets it again after this time, then after twice as long, and so on. */
  retryMs: number;
  maxRetryMs: number;
  /** A call that takes longer counts as failed. */
  handleMs: number;
  /** A batch whose entries have not become durable after this long is given up, because its writer is gone. */
  giveUpMs: number;
  leaseMs: number;
  /** How long a close waits for calls in progress. */
  closeMs: number;
}

export const defaultTiming: Timing = {
  // Long enough that a consumer's writes, each with its own flush, hardly delay the appends, and too short for anybody to notice.
  gatherMs: 250,
  pollMs: 5_000,
  pollSharedMs: 1_000,
  saveMs: 1_000,
  retryMs: 250,
  maxRetryMs: 60_000,
  handleMs: 60_000,
  giveUpMs: 300_000,
  leaseMs: 9_000,
  closeMs: 2_000,
};
