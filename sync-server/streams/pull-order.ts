import type { StreamId } from '#protocol/ids.ts';
import type { Hint } from './entry-store.ts';

/** Conversations in the order of their pages: by their newest message. [VB3] */
export function newestFirst<S extends StreamId>(streams: readonly S[], hints: ReadonlyMap<StreamId, Hint>): S[] {
  const messageAt = (stream: StreamId) => hints.get(stream)?.messageAt ?? 0;
  return streams.toSorted((a, b) => messageAt(b) - messageAt(a) || (a < b ? -1 : 1));
}
