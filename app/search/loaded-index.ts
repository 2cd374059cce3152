import type { IndexedStream, SearchIndex } from '#app/local-store/search-index.ts';
import type { StreamId } from '#protocol/ids.ts';
import { decompressed } from './compressed.ts';
import { decodeSegment, type Candidate, type Segment } from './segment.ts';

/** The index as of when it was loaded. */
export interface LoadedIndex {
  streams: ReadonlyMap<StreamId, IndexedStream>;
  /** The messages that may have a key for every prefix. A message that has changed may be missing. */
  find(prefixes: readonly string[]): Candidate[];
}

/** Keeps the segments in memory while somebody searches: reading them again for every letter would cost more than the search. */
export interface OpenIndex {
  load(epoch: string | undefined): Promise<LoadedIndex>;
}

const EMPTY: LoadedIndex = { streams: new Map(), find: () => [] };
/** Segments read and decoded at once. */
const AT_ONCE = 4;

/** An index that cannot be read is empty: everything is then searched without it. */
export function openIndex(index: Pick<SearchIndex, 'state' | 'segments'>): OpenIndex {
  const segments = new Map<number, Segment>();
  async function load(epoch: string | undefined, isAgain = false): Promise<LoadedIndex> {
    const state = await index.state(epoch);
    for (const id of segments.keys()) if (!state.segments.includes(id)) segments.delete(id);
    const missing = state.segments.filter((id) => !segments.has(id));
    for (let at = 0; at < missing.length; at += AT_ONCE)
      for (const { id, bytes } of await index.segments(missing.slice(at, at + AT_ONCE)))
        segments.set(id, decodeSegment(await decompressed(bytes)));
    // Another tab has replaced a segment meanwhile.
    if (!isAgain && missing.some((id) => !segments.has(id))) return load(epoch, true);
    if (missing.some((id) => !segments.has(id))) throw new Error('segments of the search index are missing');
    const loaded = [...segments.values()];
    return { streams: state.streams, find: (prefixes) => loaded.flatMap((segment) => segment.find(prefixes)) };
  }
  return { load: (epoch) => load(epoch).catch(() => EMPTY) };
}
