import type { StreamId } from '#protocol/ids.ts';
import { withinTime } from '#server/database/within-time.ts';
import type { Batch, EntryStore } from '#server/streams/entry-store.ts';
import type { Entry } from '#server/streams/entry.ts';
import { batchPages } from './batch-pages.ts';
import type { Consumer } from './consumer.ts';
import type { Progress } from './progress.ts';
import type { Timing } from './timing.ts';

interface DeliveryParts {
  consumer: Consumer;
  entries: Pick<EntryStore, 'log' | 'batchesFor'>;
  progress: Progress;
  timing: Pick<Timing, 'handleMs' | 'retryMs' | 'maxRetryMs'>;
  /** Aborts when the server closes: calls in progress may end, and no other is begun. */
  closing: AbortSignal;
  /** The consumer failed at a stream, and will be called again. */
  onFailure(error: unknown, consumer: string, stream: StreamId): void;
  /** It is time to deliver again what failed. */
  onRetry(): void;
}

/** A batch, and its entries if they are in memory; otherwise they are read. */
export interface NewBatch {
  batch: Batch;
  entries: readonly Entry[];
}

/** What is to be delivered of one stream. */
interface Span {
  /** The rev before the first entry. */
  prev: number;
  head: number;
  /** In rev order, and only those that are in memory. */
  entries: Entry[];
}

/** Entries given to a consumer in one call. */
const CHUNK = 200;
/** Streams handled at once. */
const AT_ONCE = 32;

/** Gives entries to one consumer, many streams at a time and each stream in rev order. After a failure a stream is given again. */
export class Delivery {
  readonly #parts: DeliveryParts;
  /** Streams at which the consumer failed. */
  readonly #failing = new Map<StreamId, { delayMs: number; retryAt: number }>();

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Afterwards those batches are finished whose streams the consumer has had up to the batch's heads. */
  async deliverBatches(batches: readonly NewBatch[]): Promise<void> {
    const { progress } = this.#parts;
    await this.#deliver(spansOf(batches));
    for (const { batch } of batches)
      if (batch.moves.every(({ stream, head }) => (progress.cursor(stream) ?? 0) >= head)) progress.finish(batch.id);
  }

  /** Delivers these streams up to their heads. A stream at which the consumer fails stays behind. */
  async deliverStreams(heads: ReadonlyMap<StreamId, number>): Promise<void> {
    await this.#deliver(new Map([...heads].map(([stream, head]) => [stream, { prev: 0, head, entries: [] }])));
  }

  async #deliver(spans: ReadonlyMap<StreamId, Span>): Promise<void> {
    await this.#parts.progress.load([...spans.keys()]);
    await this.#begin(spans);
    const queue = spans.entries();
    const advance = async () => {
      for (const [stream, span] of queue) await this.#advance(stream, span);
    };
    const done = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, spans.size) }, advance));
    // Only when all have ended, so that no stream is handled twice at the same time.
    for (const one of done) if (one.status === 'rejected') throw one.reason;
  }

  /**
   * Where the consumer starts on streams that it has never seen: before the first batch that waits for it. Once a batch is
   * visible, all earlier batches of its streams are too, so this finds the first one.
   */
  async #begin(spans: ReadonlyMap<StreamId, Span>): Promise<void> {
    const { consumer, entries, progress } = this.#parts;
    const starts = new Map<StreamId, number>();
    for (const [stream, { prev }] of spans) {
      if (progress.cursor(stream) !== undefined) continue;
      if (consumer.from === 'beginning' || prev === 0) progress.advance(stream, 0);
      else starts.set(stream, prev);
    }
    if (starts.size === 0) return;
    for await (const page of batchPages(entries, consumer.name))
      for (const { moves } of page)
        for (const { stream, prev } of moves) {
          const start = starts.get(stream);
          if (start !== undefined) starts.set(stream, Math.min(start, prev));
        }
    for (const [stream, start] of starts) progress.advance(stream, start);
  }

  async #advance(stream: StreamId, { head, entries }: Span): Promise<void> {
    const { entries: stored, progress, closing } = this.#parts;
    if ((this.#failing.get(stream)?.retryAt ?? 0) > performance.now()) return;
    let cursor = progress.cursor(stream) ?? 0;
    let at = 0;
    while (cursor < head && !closing.aborted) {
      while (at < entries.length && (entries[at] as Entry).rev <= cursor) at++;
      const chunk =
        entries[at]?.rev === cursor + 1
          ? entries.slice(at, at + runLength(entries, at))
          : await stored.log(stream, cursor, CHUNK);
      const last = chunk.at(-1);
      if (last === undefined || !(await this.#handle(stream, chunk))) return;
      cursor = last.rev;
      progress.advance(stream, cursor);
    }
  }

  async #handle(stream: StreamId, chunk: readonly Entry[]): Promise<boolean> {
    const { consumer, timing, closing, onFailure, onRetry } = this.#parts;
    try {
      const handled = (async () => consumer.handle(stream, chunk, closing))();
      await withinTime(handled, timing.handleMs, () => {
        throw new Error(`no answer within ${timing.handleMs} ms`);
      });
      this.#failing.delete(stream);
      return true;
    } catch (error) {
      if (closing.aborted) return false;
      onFailure(error, consumer.name, stream);
      const delayMs = Math.min(timing.maxRetryMs, 2 * (this.#failing.get(stream)?.delayMs ?? timing.retryMs / 2));
      this.#failing.set(stream, { delayMs, retryAt: performance.now() + delayMs });
      setTimeout(onRetry, delayMs + 1).unref();
      return false;
    }
  }
}

/** The streams that these batches move. */
function spansOf(batches: readonly NewBatch[]): Map<StreamId, Span> {
  const spans = new Map<StreamId, Span>();
  for (const { batch, entries } of batches) {
    for (const { stream, prev, head } of batch.moves) {
      const span = spans.get(stream);
      if (span === undefined) spans.set(stream, { prev, head, entries: [] });
      else {
        span.prev = Math.min(span.prev, prev);
        span.head = Math.max(span.head, head);
      }
    }
    for (const entry of entries) spans.get(entry.stream)?.entries.push(entry);
  }
  return spans;
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
