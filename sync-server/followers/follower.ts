import type { StreamId } from '#protocol/ids.ts';
import { withinTime } from '#server/database/within-time.ts';
import type { Batches, StoredBatch } from '#server/streams/batches.ts';
import { type EntryStore, StoreUnavailable } from '#server/streams/entry-store.ts';
import { Backfill } from './backfill.ts';
import type { Consumer } from './consumer.ts';
import { Delivery } from './delivery.ts';
import type { FollowerStore } from './follower-store.ts';
import { HeldLease } from './lease.ts';
import { Progress } from './progress.ts';
import { createBatchReader } from './read-batches.ts';
import type { Timing } from './timing.ts';
import { createWaitingBatches } from './waiting-batches.ts';

export interface FollowerParts {
  consumer: Consumer;
  entries: Pick<EntryStore, 'log' | 'batchesFor' | 'streamsFrom' | 'isShared'>;
  store: FollowerStore;
  batches: Pick<Batches, 'isWaiting' | 'settled'>;
  timing: Timing;
  /** Identifies this process among the servers. */
  holder: string;
  /** The consumer failed at a stream, and will be called again. */
  onFailure(error: unknown, consumer: string, stream: StreamId): void;
  onDefect(error: unknown): void;
}

/**
 * Brings every entry to one consumer: at least once, and each stream in rev order. The batches in the store say what is new;
 * entries that this process has just stored come from memory. No append waits for this.
 */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #progress: Progress;
  readonly #delivery: Delivery;
  readonly #readBatches: () => Promise<void>;
  readonly #backfill: Backfill;
  readonly #lease: HeldLease | undefined;
  readonly #closing = new AbortController();
  readonly #timers: ReturnType<typeof setInterval>[];
  readonly #running: Promise<void>;
  readonly #waiting = createWaitingBatches();
  /** The store may hold batches that did not come through memory, for example at the start. */
  #mustRead = true;
  /** It is time to look for batches that were not announced. Those in memory are kept. */
  #mustPoll = false;
  /** Another server may have worked for the consumer. */
  #mustForget = false;
  #mustSave = false;
  #isSignalled = true;
  #resume: (() => void) | undefined;
  #stopGathering = (): void => undefined;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    const { consumer, store, batches, timing, entries, onFailure } = parts;
    const progress = new Progress(consumer.name, store, (name, ids) => batches.settled(name, ids));
    const closing = this.#closing.signal;
    const onRetry = () => this.#read();
    const delivery = new Delivery({ consumer, entries, progress, timing, closing, onFailure, onRetry });
    this.#progress = progress;
    this.#delivery = delivery;
    this.#readBatches = createBatchReader({
      consumer: consumer.name,
      entries,
      batches,
      waiting: this.#waiting,
      progress,
      delivery,
      giveUpMs: timing.giveUpMs,
      closing,
    });
    this.#backfill = new Backfill({
      consumer,
      entries,
      store,
      progress,
      handle: (heads) => delivery.deliverStreams(heads),
    });
    if (entries.isShared)
      this.#lease = new HeldLease({
        consumer: consumer.name,
        store,
        holder: parts.holder,
        leaseMs: timing.leaseMs,
        onGained: () => {
          this.#mustForget = true;
          this.#read();
        },
        onDefect: parts.onDefect,
      });
    const every = (ms: number, work: () => void) => setInterval(work, ms).unref();
    this.#timers = [
      every(entries.isShared ? timing.pollSharedMs : timing.pollMs, () => {
        this.#mustPoll = true;
        this.#signal();
      }),
      every(timing.saveMs, () => {
        this.#mustSave = true;
        this.#signal();
      }),
    ];
    this.#running = this.#run();
  }

  /** This process has stored something. `bytes` is the size of `stored`, if it is known what was stored. */
  wake(stored: StoredBatch | undefined, bytes: number): void {
    if (stored === undefined) return this.#read();
    if (this.#mustRead || this.#lease?.isHeld === false) return;
    if (this.#waiting.add(stored, bytes)) this.#signal();
    else this.#read();
  }

  /** Lets calls in progress end and saves the progress, as far as time allows. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#closing.abort();
    this.#stopGathering();
    this.#signal();
    const { closeMs } = this.#parts.timing;
    await withinTime(this.#running, closeMs, () => undefined);
    const saved = this.#progress
      .save()
      .catch(() => undefined) // the next start delivers it again
      .then(() => this.#lease?.close());
    await withinTime(saved, closeMs, () => undefined);
  }

  #read(): void {
    this.#mustRead = true;
    this.#waiting.take();
    this.#signal();
  }

  /** One turn later, so that acknowledgements go first, and wakes coalesce. */
  #signal(): void {
    this.#isSignalled = true;
    const resume = this.#resume;
    this.#resume = undefined;
    if (resume !== undefined) setImmediate(resume);
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      if (!this.#isSignalled) await new Promise<void>((resolve) => (this.#resume = resolve));
      await this.#gather();
      this.#isSignalled = false;
      if (this.#isClosing) return;
      if (this.#lease?.isHeld === false) continue;
      try {
        await this.#round();
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) this.#parts.onDefect(error);
        // Batches that waited in memory may have been dropped, so they are read.
        this.#mustRead = true;
        this.#waiting.take();
      }
    }
  }

  /**
   * Entries that arrive within this time are handled in one round, so that consecutive appends do not each collide with a write
   * of the consumer.
   */
  async #gather(): Promise<void> {
    const { gatherMs } = this.#parts.timing;
    if (gatherMs === 0 || this.#isClosing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs).unref();
      this.#stopGathering = () => resolve(clearTimeout(timer));
    });
  }

  async #round(): Promise<void> {
    if (this.#mustForget) {
      this.#progress.forget();
      this.#backfill.restart();
    }
    this.#mustForget = false;
    if (this.#mustRead) {
      this.#mustRead = false; // first, because entries that are stored from here on come through memory
      this.#mustPoll = false;
      await this.#readBatches();
    }
    const waiting = this.#waiting.take();
    if (waiting.length > 0) await this.#delivery.deliverBatches(waiting);
    if (this.#mustPoll) {
      this.#mustPoll = false;
      await this.#readBatches();
    }
    if (this.#backfill.isDue) await this.#continueBackfill();
    if (!this.#mustSave && !this.#progress.hasManyUnsaved) return;
    this.#mustSave = false;
    await this.#progress.save();
  }

  async #continueBackfill(): Promise<void> {
    const result = await this.#backfill.next();
    if (result === 'more') this.#signal();
    if (result !== 'failed') return;
    setTimeout(() => {
      this.#backfill.restart();
      this.#signal();
    }, this.#parts.timing.maxRetryMs).unref();
  }
}
