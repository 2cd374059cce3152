import type { StreamId } from '#protocol/ids.ts';
import type { StreamPage } from '#protocol/verbs.ts';
import type { EntryStore } from './entry-store.ts';
import type { Entry } from './entry.ts';
import type { Caller } from './streams.ts';
import type { UnfinishedBootstraps } from './unfinished-bootstraps.ts';

/** What one stream's page in an answer to `pull` is made from. */
export interface PageRequest<S extends StreamId = StreamId> {
  store: EntryStore;
  unfinished: UnfinishedBootstraps;
  /** A head up to which nothing is being written; undefined if that is not known. */
  settledHead: (stream: StreamId) => number | undefined;
  /** The current entries of the stream, which has few: they may have been read before, together with those of other streams. */
  readSmall: () => Promise<readonly Entry[]>;
  caller: Caller;
  stream: S;
  cursor: number | undefined;
  /** The cursor that the client holds is from another epoch. */
  mustReset: boolean;
  /** The most messages that a bootstrap has. */
  window: number;
  /** The number of records that the answer still has room for. */
  left: number;
  /** The same in bytes, for records only. */
  bytesLeft: number;
  /** How many bytes of records an answer with this page alone has room for. */
  bytesAlone: number;
  /** The answer holds no record yet, so this page must contain something, even if that exceeds the limits. */
  isFirst: boolean;
}

export type Page = StreamPage | 'at head' | 'gone' | 'full';
