import { StoreUnavailable } from '#server/streams/entry-store.ts';
import type { FollowerStore, Lease } from './follower-store.ts';

interface LeaseParts {
  consumer: string;
  store: FollowerStore;
  /** Identifies this process. */
  holder: string;
  /** A lease that is not renewed for this long may be taken over. */
  leaseMs: number;
  onGained(): void;
  onDefect(error: unknown): void;
}

/**
 * Lets one of several servers work for a consumer. No clocks are compared: a server that wants the lease watches by its own
 * monotonic clock whether the beat still changes. Two servers may briefly hold it, and the consumer then gets entries twice.
 */
export class HeldLease {
  readonly #parts: LeaseParts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** As it was last read or written, and when it last changed. */
  #known: Lease | undefined;
  #changedAt = performance.now();
  #isHeld = false;
  #isClosed = false;
  #looking: Promise<void> | undefined;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#look();
  }

  get isHeld(): boolean {
    return this.#isHeld && performance.now() - this.#changedAt < this.#parts.leaseMs;
  }

  /** Releases the lease, so that another server does not have to wait. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
    clearTimeout(this.#timer);
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const { consumer, store } = this.#parts;
    const beat = (this.#known?.beat ?? 0) + 1;
    await store.replaceLease(consumer, this.#known, { holder: '', beat }).catch(() => false);
  }

  #look(): void {
    this.#looking = this.#step()
      .catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable)) this.#parts.onDefect(error);
      })
      .finally(() => {
        if (this.#isClosed) return;
        this.#timer = setTimeout(() => this.#look(), this.#parts.leaseMs / 3);
        this.#timer.unref();
      });
  }

  async #step(): Promise<void> {
    const { consumer, store, holder, leaseMs, onGained } = this.#parts;
    if (!this.#isHeld) {
      const present = await store.lease(consumer);
      if (present?.holder !== this.#known?.holder || present?.beat !== this.#known?.beat) {
        this.#known = present;
        this.#changedAt = performance.now();
      }
      const isFree = present === undefined || present.holder === '';
      if (!isFree && performance.now() - this.#changedAt < leaseMs) return;
    }
    // Counted from before the write, because others may see the new beat at any time after that.
    const sentAt = performance.now();
    const next = { holder, beat: (this.#known?.beat ?? 0) + 1 };
    const wasHeld = this.isHeld; // one that expired may have been used by others meanwhile
    this.#isHeld = await store.replaceLease(consumer, this.#known, next);
    if (!this.#isHeld) return;
    this.#known = next;
    this.#changedAt = sentAt;
    if (!wasHeld) onGained();
  }
}
