import type { StreamId } from '#protocol/ids.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import type { Consumer } from './consumer.ts';
import type { FollowerStore } from './follower-store.ts';
import type { Progress } from './progress.ts';

interface BackfillParts {
  consumer: Consumer;
  entries: Pick<EntryStore, 'streamsFrom'>;
  store: FollowerStore;
  progress: Progress;
  /** Brings the consumer what these streams hold up to their heads. A stream that it fails at stays behind. */
  handle(heads: ReadonlyMap<StreamId, number>): Promise<void>;
}

/** A cursor of this name says that the consumer has had every stream that was there before it. No stream is named so. */
const BACKFILLED = 'backfilled' as StreamId;
const PAGE = 200;

/**
 * Brings a consumer that starts at the beginning the streams that no batch names, because they have not moved since it was
 * registered. They come by pages, so that what is new need not wait for all of them.
 */
export class Backfill {
  readonly #parts: BackfillParts;
  /** The stream from which on they are still to be handled; undefined if none is left. */
  #from: string | undefined;
  #hasFailed = false;

  constructor(parts: BackfillParts) {
    this.#parts = parts;
    this.restart();
  }

  /** What was handled already is passed over quickly, because its cursors are at the heads. */
  restart(): void {
    this.#from = this.#parts.consumer.from === 'beginning' ? '' : undefined;
    this.#hasFailed = false;
  }

  get isDue(): boolean {
    return this.#from !== undefined;
  }

  /** Handles one page. `failed`: it came to the end, and some streams are still behind. */
  async next(): Promise<'more' | 'failed' | 'done'> {
    const { consumer, entries, store, progress, handle } = this.#parts;
    const from = this.#from ?? '';
    // If the store fails here, this page comes again.
    if (from === '' && (await store.cursors(consumer.name, [BACKFILLED])).has(BACKFILLED)) {
      this.#from = undefined;
      return 'done';
    }
    const page = await entries.streamsFrom(from, PAGE);
    await handle(new Map(page));
    this.#hasFailed ||= page.some(([stream, head]) => (progress.cursor(stream) ?? 0) < head);
    this.#from = page.length === PAGE ? page.at(-1)?.[0] : undefined;
    if (this.#from !== undefined) return 'more';
    if (this.#hasFailed) return 'failed';
    await progress.save();
    await store.saveCursors(consumer.name, new Map([[BACKFILLED, 1]]));
    return 'done';
  }
}
