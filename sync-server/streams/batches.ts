import { type StreamId, uuidV7 } from '#protocol/ids.ts';
import { type Batch, type EntryStore, type Hint, type StreamMove, StoreUnavailable } from './entry-store.ts';
import type { Entry } from './entry.ts';
import { type KnownHints, createKnownHints, raised } from './known-hints.ts';

export interface BatchesOptions {
  store: EntryStore;
  /** The consumers that have to deal with every batch, besides the hints. */
  consumers?: readonly string[];
  /** How long work that follows the acknowledgement is collected before it is written. */
  settleEveryMs: number;
  newId?: () => string;
  onDefect: (error: unknown) => void;
}

/** A batch of which every entry has just become durable. */
export interface StoredBatch {
  batch: Batch;
  entries: readonly Entry[];
}

/** Called without an argument if something may have become durable and only the store knows what. Must be quick and must not throw. */
export type OnStored = (stored?: StoredBatch) => void;

/** The consumer that raises the streams' hints. */
const HINTS = 'hints';
const PAGE = 500;
/** Streams whose hints wait in memory before they are raised without waiting for the timer. */
const MAX_RAISED = 2_000;
/** Batches of this process that are remembered until every consumer has dealt with them. */
const MAX_REMEMBERED = 20_000;
const REMEMBERED_MS = 10_000;

/**
 * Every flush is one ordered insert: a batch, then its entries. The rest is done after the acknowledgement, many batches at a
 * time: the hints are raised, and the consumers deal with what is new. The batch stays stored until the results of that work are
 * durable, so a crash loses none of it.
 */
export class Batches {
  readonly #options: BatchesOptions;
  readonly #consumers: readonly string[];
  readonly #settleEveryMs: number;
  readonly #newId: () => string;
  /** Absent if other servers raise hints too. */
  readonly #known: KnownHints | undefined;
  /** Streams that are being written, with the number of batches, and streams that had a write with an unknown outcome. */
  readonly #unsettled = new Map<StreamId, number>();
  /** Batches that this process wrote, and the consumers that have not dealt with them. */
  readonly #remembered = new Map<string, { waiting: Set<string>; since: number }>();
  /** Hints of batches that were sent: an upper bound must be known before anybody can read the entries. */
  #raised = new Map<StreamId, Hint>();
  /** Hints that are being written. */
  #raising = new Map<StreamId, Hint>();
  readonly #listeners: OnStored[] = [];
  #settled = new Map<string, string[]>();
  #finished: string[] = [];
  #round: Promise<void> | undefined;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: BatchesOptions) {
    this.#options = options;
    this.#consumers = [HINTS, ...(options.consumers ?? [])];
    this.#settleEveryMs = options.settleEveryMs;
    this.#known = options.store.isShared ? undefined : createKnownHints((streams) => this.#readHints(streams));
    this.#newId = options.newId ?? (() => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10))));
  }

  /** The store's `insert`. `moves` says what the entries do to their streams; it is empty when a part of a batch is sent again. */
  async insert(entries: readonly Entry[], moves: readonly StreamMove[]): Promise<{ written: number }> {
    let stored: StoredBatch | undefined;
    try {
      if (moves.length === 0) return await this.#options.store.insert(entries);
      const batch: Batch = { id: `batch/${this.#newId()}`, moves, consumers: this.#consumers };
      const { written } = await (this.#options.store.isShared
        ? this.#insertShared(entries, batch)
        : this.#insert(entries, batch));
      if (written === entries.length) stored = { batch, entries };
      return { written };
    } finally {
      // Also after a failure, whose outcome is unknown.
      for (const tell of this.#listeners) tell(stored);
    }
  }

  async #insert(entries: readonly Entry[], batch: Batch): Promise<{ written: number }> {
    // Before the write is sent, so that nobody can read an entry above its hint.
    for (const { stream, head, messageAt } of batch.moves) {
      this.#unsettled.set(stream, (this.#unsettled.get(stream) ?? 0) + 1);
      raise(this.#raised, stream, { head, messageAt });
      this.#known?.raise(stream, { head, messageAt });
    }
    this.#remember(batch.id);
    try {
      const answer = await this.#options.store.insert(entries, batch);
      for (const { stream } of batch.moves) this.#written(stream);
      return answer;
    } finally {
      // Even after a failure, because the batch may have become durable. The next round raises its hints first.
      this.settled(HINTS, [batch.id]);
    }
  }

  #written(stream: StreamId): void {
    const left = (this.#unsettled.get(stream) ?? 1) - 1;
    if (left === 0) this.#unsettled.delete(stream);
    else this.#unsettled.set(stream, left);
  }

  async #insertShared(entries: readonly Entry[], batch: Batch): Promise<{ written: number }> {
    const { store } = this.#options;
    const hints = new Map<StreamId, Hint>();
    for (const { stream, head, messageAt } of batch.moves) raise(hints, stream, { head, messageAt });
    this.#remember(batch.id);
    try {
      const [answer] = await Promise.all([store.insert(entries, batch), store.raiseHints(hints)]);
      this.settled(HINTS, [batch.id]);
      return answer;
    } catch (error) {
      this.#remembered.delete(batch.id); // the next fold raises its hints
      throw error;
    }
  }

  /** The store's hints, raised to what this process has sent. Unknown streams are absent. */
  async hints(streams: readonly StreamId[]): Promise<Map<StreamId, Hint>> {
    return this.#known === undefined ? this.#readHints(streams) : this.#known.read(streams);
  }

  /** The head's upper bound if nothing is being written up to it; undefined if that is not known. */
  settledHead(stream: StreamId): number | undefined {
    return this.#unsettled.has(stream) ? undefined : this.#known?.known(stream)?.head;
  }

  async #readHints(streams: readonly StreamId[]): Promise<Map<StreamId, Hint>> {
    // Memory first: a hint that leaves it during the read is already in the store.
    const sent = new Map<StreamId, Hint>();
    for (const hints of [this.#raising, this.#raised]) {
      if (hints.size === 0) continue;
      for (const stream of streams) {
        const hint = hints.get(stream);
        if (hint !== undefined) raise(sent, stream, hint);
      }
    }
    const found = await this.#options.store.hints(streams);
    for (const [stream, hint] of sent) raise(found, stream, hint);
    return found;
  }

  /** Calls `onStored` after every insert of this process from now on. */
  listen(onStored: OnStored): void {
    this.#listeners.push(onStored);
  }

  /** Whether a consumer still has to deal with a stored batch, as far as this process knows. */
  isWaiting(id: string, consumer: string): boolean {
    return this.#remembered.get(id)?.waiting.has(consumer) ?? true;
  }

  /** A consumer has dealt with these batches, durably. */
  settled(consumer: string, ids: readonly string[]): void {
    const all = this.#settled.get(consumer);
    if (all === undefined) this.#settled.set(consumer, [...ids]);
    else all.push(...ids);
    this.#schedule();
  }

  /** Raises the hints that a crash or a failure left behind. Runs before this process serves, and from time to time. */
  async fold(): Promise<void> {
    const { store } = this.#options;
    for (let afterId = '', isLast = false; !isLast;) {
      const page = await store.batchesFor(HINTS, afterId, PAGE);
      const left = page.filter(({ id }) => !this.#remembered.has(id));
      const hints = new Map<StreamId, Hint>();
      for (const { moves } of left)
        for (const { stream, head, messageAt } of moves) raise(hints, stream, { head, messageAt });
      await this.#raise(hints);
      for (const [stream, hint] of hints) this.#known?.raise(stream, hint);
      await store.settleBatches(
        HINTS,
        left.map(({ id }) => id),
      );
      isLast = page.length < PAGE;
      afterId = page.at(-1)?.id ?? '';
    }
  }

  /** Writes what is collected. If the store fails, the next start finds it again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#round;
    await this.#settle().catch(() => undefined);
  }

  #remember(id: string): void {
    this.#remembered.set(id, { waiting: new Set(this.#consumers), since: performance.now() });
  }

  /** Forgets which consumers old batches wait for, because another server may deal with them. The store still knows it. */
  #forgetOld(): void {
    const latest = performance.now() - REMEMBERED_MS;
    for (const [id, { waiting, since }] of this.#remembered) {
      if (since > latest && this.#remembered.size <= MAX_REMEMBERED) return;
      this.#remembered.delete(id);
      for (const consumer of this.#consumers) if (!waiting.has(consumer)) this.settled(consumer, [id]);
    }
  }

  #schedule(): void {
    if (this.#isClosed || this.#round !== undefined) return; // a round schedules the next one
    if (this.#raised.size > MAX_RAISED) return this.#startRound();
    this.#timer ??= setTimeout(() => this.#startRound(), this.#settleEveryMs).unref();
  }

  #startRound(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#round = this.#settle()
      .catch((error: unknown) => {
        if (!(error instanceof StoreUnavailable)) this.#options.onDefect(error);
      })
      .finally(() => {
        this.#round = undefined;
        if (this.#settled.size + this.#finished.length + this.#remembered.size > 0) this.#schedule();
      });
  }

  async #settle(): Promise<void> {
    const { store } = this.#options;
    this.#forgetOld();
    const settled = this.#settled;
    this.#settled = new Map();
    try {
      await this.#raiseSent();
    } catch (error) {
      for (const [consumer, ids] of settled) this.settled(consumer, ids);
      throw error;
    }
    for (const [consumer, ids] of settled) {
      const unknown = ids.filter((id) => !this.#hasDealt(id, consumer));
      if (unknown.length === 0) continue;
      try {
        await store.settleBatches(consumer, unknown);
      } catch (error) {
        this.settled(consumer, unknown);
        if (!(error instanceof StoreUnavailable)) throw error;
      }
    }
    await store.deleteBatches(this.#finished);
    this.#finished = [];
  }

  /** False if only the store knows which consumers are left. */
  #hasDealt(id: string, consumer: string): boolean {
    const known = this.#remembered.get(id);
    if (known === undefined) return false;
    known.waiting.delete(consumer);
    if (known.waiting.size > 0) return true;
    this.#remembered.delete(id);
    this.#finished.push(id);
    return true;
  }

  async #raiseSent(): Promise<void> {
    this.#raising = this.#raised;
    this.#raised = new Map();
    try {
      await this.#raise(this.#raising);
    } catch (error) {
      for (const [stream, hint] of this.#raising) raise(this.#raised, stream, hint);
      throw error;
    } finally {
      this.#raising = new Map();
    }
  }

  /** In pieces, so that people's writes do not have to wait for one long command. */
  async #raise(hints: ReadonlyMap<StreamId, Hint>): Promise<void> {
    const all = [...hints];
    for (let at = 0; at < all.length; at += PAGE)
      await this.#options.store.raiseHints(new Map(all.slice(at, at + PAGE)));
  }
}

function raise(hints: Map<StreamId, Hint>, stream: StreamId, hint: Hint): void {
  const before = hints.get(stream);
  hints.set(stream, before === undefined ? hint : raised(before, hint));
}
