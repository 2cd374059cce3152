import type { StreamId } from '#protocol/ids.ts';
import type { FollowerStore } from './follower-store.ts';

/** Cursors cached in memory. Those that wait to be saved are never dropped. */
const MAX_CURSORS = 50_000;
const MAX_UNSAVED = 2_000;

/**
 * Up to where one consumer has handled each stream. Memory is ahead of the store, and a batch is settled only when the cursors
 * that it moved are durable, so after a crash the consumer gets again everything that it may not have seen.
 */
export class Progress {
  readonly #consumer: string;
  readonly #store: FollowerStore;
  readonly #settled: (consumer: string, batchIds: readonly string[]) => void;
  /** The most recently used comes last. */
  readonly #cursors = new Map<StreamId, number>();
  #unsaved = new Map<StreamId, number>();
  #finished = new Set<string>();

  constructor(
    consumer: string,
    store: FollowerStore,
    settled: (consumer: string, batchIds: readonly string[]) => void,
  ) {
    this.#consumer = consumer;
    this.#store = store;
    this.#settled = settled;
  }

  /** Whether so much has to be saved that it does not wait for the timer. */
  get hasManyUnsaved(): boolean {
    return this.#unsaved.size + this.#finished.size >= MAX_UNSAVED;
  }

  /** Must be called before `cursor` is asked for these streams. */
  async load(streams: readonly StreamId[]): Promise<void> {
    const missing = streams.filter((stream) => !this.#cursors.has(stream));
    if (missing.length === 0) return;
    for (const stream of this.#cursors.keys()) {
      if (this.#cursors.size + missing.length <= MAX_CURSORS) break;
      if (!this.#unsaved.has(stream)) this.#cursors.delete(stream);
    }
    for (const [stream, rev] of await this.#store.cursors(this.#consumer, missing)) this.#cursors.set(stream, rev);
  }

  /** Undefined for a stream that the consumer has never seen. */
  cursor(stream: StreamId): number | undefined {
    return this.#cursors.get(stream);
  }

  /** Everything up to `rev` has been handled. */
  advance(stream: StreamId, rev: number): void {
    this.#cursors.delete(stream);
    this.#cursors.set(stream, rev);
    this.#unsaved.set(stream, rev);
  }

  /** Everything in this batch has been handled. */
  finish(batchId: string): void {
    this.#finished.add(batchId);
  }

  isFinished(batchId: string): boolean {
    return this.#finished.has(batchId);
  }

  async save(): Promise<void> {
    const [cursors, finished] = [this.#unsaved, this.#finished];
    if (cursors.size + finished.size === 0) return;
    this.#unsaved = new Map();
    this.#finished = new Set();
    try {
      if (cursors.size > 0) await this.#store.saveCursors(this.#consumer, cursors);
    } catch (error) {
      this.#unsaved = new Map([...cursors, ...this.#unsaved]);
      this.#finished = new Set([...finished, ...this.#finished]);
      throw error;
    }
    this.#settled(this.#consumer, [...finished]);
  }

  /** Another server may have worked for the consumer, so only what is saved counts. */
  forget(): void {
    this.#cursors.clear();
    this.#unsaved.clear();
    this.#finished.clear();
  }
}
