import type { StreamId } from '#protocol/ids.ts';
import type { Entry } from '#server/streams/entry.ts';

/** Somebody who must see every entry of every stream: push, the search index, webhooks. */
export interface Consumer {
  /** Names its cursors in the database for good. */
  readonly name: string;
  /** Where a stream begins that the consumer has never seen: at what was appended since it exists, or at the first rev. */
  readonly from: 'now' | 'beginning';
  /**
   * Entries of one stream in rev order, skeletons included. Called again with the same ones after a rejection, a crash or a
   * takeover by another server, so it must be idempotent. Several streams may be handled at once, one stream never is, unless
   * a call takes so long that it is taken for failed. `signal` aborts when the server closes.
   */
  handle(stream: StreamId, entries: readonly Entry[], signal: AbortSignal): Promise<void>;
}
