/** Milliseconds. */
export interface Timing {
  /** How often batches are looked for that nobody announced: a failed write may have become durable later. */
  pollMs: number;
  /** The same where other servers write too, which announce nothing here. */
  pollSharedMs: number;
  /** How often cursors are saved. */
  saveMs: number;
  /** A consumer that failed at a stream gets it again after this, then after twice as long, and so on. */
  retryMs: number;
  maxRetryMs: number;
  /** A call that takes longer is taken for failed. */
  handleMs: number;
  /** A batch whose entries did not become durable after this long never completes: its writer is gone. */
  giveUpMs: number;
  leaseMs: number;
  /** How long a close waits for calls in progress. */
  closeMs: number;
}

export const defaultTiming: Timing = {
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
