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
  /** Brings the consumer everything in these streams up to their heads. A stream at which it fails stays behind. */
  handle(heads: ReadonlyMap<StreamId, number>): Promise<void>;
}

/** A cursor of this name means that the consumer has had every stream that existed before it. No stream has this name. */
const BACKFILLED = 'backfilled' as StreamId;
const PAGE = 200;

/**
 * Brings a consumer that starts at the beginning the streams that no batch names, because they have not moved since it was
 * registered. They come in pages, so that new entries do not wait for all of them.
 */
export class Backfill {
  readonly #parts: BackfillParts;
  /** The first stream that still has to be handled; undefined if none is left. */
  #from: string | undefined;
  #hasFailed = false;

  constructor(parts: BackfillParts) {
    this.#parts = parts;
    this.restart();
  }

  /** Streams that were handled already are skipped quickly, because their cursors are at the heads. */
  restart(): void {
    this.#from = this.#parts.consumer.from === 'beginning' ? '' : undefined;
    this.#hasFailed = false;
  }

  get isDue(): boolean {
    return this.#from !== undefined;
  }

  /** Handles one page. `failed`: the end was reached, and some streams are still behind. */
  async next(): Promise<'more' | 'failed' | 'done'> {
    const { consumer, entries, store, progress, handle } = this.#parts;
    const from = this.#from ?? '';
    // If the store fails here, this page is handled again.
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
