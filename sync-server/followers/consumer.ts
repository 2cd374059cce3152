import type { StreamId } from '#protocol/ids.ts';
import type { Entry } from '#server/streams/entry.ts';

/** Something that must see every entry of every stream: push, the search index, webhooks. */
export interface Consumer {
  /** Identifies its cursors in the database permanently. Must not contain spaces. */
  readonly name: string;
  /**
   * Where it starts on a stream that it has never seen: at the first entry appended since it was registered, or at rev 1. With
   * `beginning` it also gets streams that no longer move.
   */
  readonly from: 'now' | 'beginning';
  /**
   * Entries of one stream in rev order, skeletons included. Called again with the same ones after a rejection, a crash or a
   * takeover by another server, so it must be idempotent. Several streams may be handled at the same time, but never one stream
   * twice, unless a call takes so long that it counts as failed. `signal` aborts when the server closes.
   */
  handle(stream: StreamId, entries: readonly Entry[], signal: AbortSignal): Promise<void>;
}
