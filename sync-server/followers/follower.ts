import type { StreamId } from '#protocol/ids.ts';
import { withinTime } from '#server/database/within-time.ts';
import type { Batches, StoredBatch } from '#server/streams/batches.ts';
import { type Batch, type EntryStore, StoreUnavailable } from '#server/streams/entry-store.ts';
import type { Entry } from '#server/streams/entry.ts';
import { Backfill } from './backfill.ts';
import type { Consumer } from './consumer.ts';
import type { FollowerStore } from './follower-store.ts';
import { HeldLease } from './lease.ts';
import { Progress } from './progress.ts';
import type { Timing } from './timing.ts';

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

/** The entries of one stream that are to be handled. */
interface Work {
  head: number;
  prev: number;
  /** In rev order, and only those that arrived in memory; the rest is read. */
  entries: Entry[];
}

interface Unread {
  batch: Batch;
  entries: readonly Entry[];
}

/** Entries given to a consumer in one call. */
const CHUNK = 200;
/** Streams handled at once. */
const AT_ONCE = 32;
const PAGE = 200;
/** How much JSON may wait in memory; the rest is read from the store. */
const MAX_WAITING_BYTES = 4_000_000;
const MAX_UNSAVED = 2_000;

/**
 * Brings every entry to one consumer: at least once, and each stream in rev order. The batches in the store say what is new;
 * entries that this process has just stored come from memory. No append waits for this.
 */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #progress: Progress;
  readonly #backfill: Backfill;
  readonly #lease: HeldLease | undefined;
  readonly #closing = new AbortController();
  readonly #timers: ReturnType<typeof setInterval>[];
  readonly #running: Promise<void>;
  #waiting: Unread[] = [];
  #waitingBytes = 0;
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
  /** Streams at which the consumer failed. */
  readonly #failing = new Map<StreamId, { delayMs: number; retryAt: number }>();
  /** Batches whose entries are not all stored, and when that was noticed. */
  #short = new Map<string, number>();

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    const { consumer, store, batches, timing, entries } = parts;
    this.#progress = new Progress(consumer.name, store, (name, ids) => batches.settled(name, ids));
    this.#backfill = new Backfill({
      consumer,
      entries,
      store,
      progress: this.#progress,
      handle: (heads) =>
        this.#handleAll(new Map([...heads].map(([stream, head]) => [stream, { head, prev: 0, entries: [] }]))),
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
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) return this.#read();
    this.#waiting.push(stored);
    this.#waitingBytes += bytes;
    this.#signal();
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
    this.#waiting = [];
    this.#waitingBytes = 0;
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
        this.#waiting = [];
        this.#waitingBytes = 0;
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
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (waiting.length > 0) await this.#follow(waiting);
    if (this.#mustPoll) {
      this.#mustPoll = false;
      await this.#readBatches();
    }
    if (this.#backfill.isDue) await this.#continueBackfill();
    if (!this.#mustSave && this.#progress.unsaved < MAX_UNSAVED) return;
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

  async #readBatches(): Promise<void> {
    const { consumer, batches } = this.#parts;
    const short = this.#short;
    this.#short = new Map();
    for await (const page of this.#pages()) {
      const inMemory = new Set(this.#waiting.map(({ batch }) => batch.id));
      const open = page.filter(
        ({ id }) => batches.isWaiting(id, consumer.name) && !this.#progress.isFinished(id) && !inMemory.has(id),
      );
      await this.#follow(open.map((batch) => ({ batch, entries: [] })));
      for (const { id } of open) {
        if (this.#progress.isFinished(id)) continue;
        const since = short.get(id) ?? performance.now();
        if (performance.now() - since > this.#parts.timing.giveUpMs) this.#progress.finish(id);
        else this.#short.set(id, since);
      }
      if (this.#isClosing) return;
      if (this.#progress.unsaved >= MAX_UNSAVED) await this.#progress.save();
    }
  }

  async *#pages(): AsyncGenerator<Batch[]> {
    const { consumer, entries } = this.#parts;
    for (let afterId = '', isLast = false; !isLast;) {
      const page = await entries.batchesFor(consumer.name, afterId, PAGE);
      if (page.length > 0) yield page;
      isLast = page.length < PAGE;
      afterId = page.at(-1)?.id ?? '';
    }
  }

  async #follow(batches: readonly Unread[]): Promise<void> {
    const works = new Map<StreamId, Work>();
    for (const { batch, entries } of batches) {
      for (const { stream, prev, head } of batch.moves) {
        const work = works.get(stream);
        if (work === undefined) works.set(stream, { head, prev, entries: [] });
        else {
          work.head = Math.max(work.head, head);
          work.prev = Math.min(work.prev, prev);
        }
      }
      for (const entry of entries) works.get(entry.stream)?.entries.push(entry);
    }
    await this.#handleAll(works);
    for (const { batch } of batches)
      if (batch.moves.every(({ stream, head }) => (this.#progress.cursor(stream) ?? 0) >= head))
        this.#progress.finish(batch.id);
  }

  async #handleAll(works: ReadonlyMap<StreamId, Work>): Promise<void> {
    await this.#progress.load([...works.keys()]);
    await this.#begin(works);
    const queue = works.entries();
    const advance = async () => {
      for (const [stream, work] of queue) await this.#advance(stream, work);
    };
    const done = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, works.size) }, advance));
    // Only when all have ended, so that no stream is handled twice at the same time.
    for (const one of done) if (one.status === 'rejected') throw one.reason;
  }

  /**
   * Where the consumer starts on streams that it has never seen: before the first batch that waits for it. Once a batch is
   * visible, all earlier batches of its streams are too, so this finds the first one.
   */
  async #begin(works: ReadonlyMap<StreamId, Work>): Promise<void> {
    const { consumer } = this.#parts;
    const starts = new Map<StreamId, number>();
    for (const [stream, { prev }] of works) {
      if (this.#progress.cursor(stream) !== undefined) continue;
      if (consumer.from === 'beginning' || prev === 0) this.#progress.advance(stream, 0);
      else starts.set(stream, prev);
    }
    if (starts.size === 0) return;
    for await (const page of this.#pages())
      for (const { moves } of page)
        for (const { stream, prev } of moves) {
          const start = starts.get(stream);
          if (start !== undefined) starts.set(stream, Math.min(start, prev));
        }
    for (const [stream, start] of starts) this.#progress.advance(stream, start);
  }

  async #advance(stream: StreamId, { head, entries }: Work): Promise<void> {
    if ((this.#failing.get(stream)?.retryAt ?? 0) > performance.now()) return;
    let cursor = this.#progress.cursor(stream) ?? 0;
    let at = 0;
    while (cursor < head && !this.#isClosing) {
      while (at < entries.length && (entries[at] as Entry).rev <= cursor) at++;
      const chunk =
        entries[at]?.rev === cursor + 1
          ? entries.slice(at, at + runLength(entries, at))
          : await this.#parts.entries.log(stream, cursor, CHUNK);
      const last = chunk.at(-1);
      if (last === undefined || !(await this.#handle(stream, chunk))) return;
      cursor = last.rev;
      this.#progress.advance(stream, cursor);
    }
  }

  async #handle(stream: StreamId, chunk: readonly Entry[]): Promise<boolean> {
    const { consumer, timing, onFailure } = this.#parts;
    try {
      const handled = (async () => consumer.handle(stream, chunk, this.#closing.signal))();
      await withinTime(handled, timing.handleMs, () => {
        throw new Error(`no answer within ${timing.handleMs} ms`);
      });
      this.#failing.delete(stream);
      return true;
    } catch (error) {
      if (this.#isClosing) return false;
      onFailure(error, consumer.name, stream);
      const delayMs = Math.min(timing.maxRetryMs, 2 * (this.#failing.get(stream)?.delayMs ?? timing.retryMs / 2));
      this.#failing.set(stream, { delayMs, retryAt: performance.now() + delayMs });
      setTimeout(() => this.#read(), delayMs + 1).unref();
      return false;
    }
  }
}

/** How many entries from `at` on have neighbouring revs. */
function runLength(entries: readonly Entry[], at: number): number {
  let length = 1;
  while (
    length < CHUNK &&
    at + length < entries.length &&
    (entries[at + length] as Entry).rev === (entries[at + length - 1] as Entry).rev + 1
  )
    length++;
  return length;
}
