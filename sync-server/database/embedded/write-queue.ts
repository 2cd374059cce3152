import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { CommandError } from './errors.ts';

/** Other writes keep the disk busy if one was flushed within this time. */
const BUSY_MS = 100;
/** How long background work waits for a batch that it can join. */
const JOINS_WITHIN_MS = 25;

export type Outcome = { value: unknown } | { error: Error };

export interface QueuedWrite {
  work: () => unknown;
  settle: (outcome: Outcome) => void;
}

/** Writes that wait to be committed, in batches, one batch at a time. */
export class WriteQueue {
  /** Flushes the batch and settles each of its writes. Never rejects. */
  readonly #commit: (batch: QueuedWrite[]) => Promise<void>;
  readonly #waiting: QueuedWrite[] = [];
  readonly #inBackground: QueuedWrite[] = [];
  /** Undefined while nothing is queued. */
  #running: Promise<void> | undefined;
  #joining: AbortController | undefined;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(commit: (batch: QueuedWrite[]) => Promise<void>) {
    this.#commit = commit;
  }

  /** Resolves or rejects once the work has been settled. */
  add<T>(work: () => T): Promise<T> {
    this.#joining?.abort();
    return this.#addTo(this.#waiting, work);
  }

  /** The same for work that nobody waits for: it joins a batch, if there is one soon. */
  addInBackground<T>(work: () => T): Promise<T> {
    return this.#addTo(this.#inBackground, work);
  }

  /** Commits what is queued. Whatever is added from now on is refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#joining?.abort();
    await this.#running;
  }

  #addTo<T>(queue: QueuedWrite[], work: () => T): Promise<T> {
    if (this.#isClosed) return Promise.reject(new CommandError('InternalError', 'the database is closing'));
    return new Promise<T>((resolve, reject) => {
      queue.push({
        work,
        settle: (outcome) => {
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value as T);
        },
      });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length + this.#inBackground.length > 0) {
      if (this.#waiting.length === 0 && performance.now() - this.#flushedAt < BUSY_MS) await this.#awaitOthers();
      // After the sockets of this turn have been read, so that writes that arrived together are flushed together.
      await nextTurn();
      const isOnlyBackground = this.#waiting.length === 0;
      await this.#commit([...this.#waiting.splice(0), ...this.#inBackground.splice(0)]);
      if (!isOnlyBackground) this.#flushedAt = performance.now();
    }
    this.#running = undefined;
  }

  /** Resolves when there is a batch that background work can join, or after a while. */
  async #awaitOthers(): Promise<void> {
    if (this.#isClosed) return;
    this.#joining = new AbortController();
    await delay(JOINS_WITHIN_MS, undefined, { signal: this.#joining.signal }).catch(() => undefined);
    this.#joining = undefined;
  }
}
