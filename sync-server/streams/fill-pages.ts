import type { ConversationId, StreamId } from '#protocol/ids.ts';
import { isPersonal } from '#protocol/ids.ts';
import type { StreamPage } from '#protocol/verbs.ts';
import type { Batches } from './batches.ts';
import { bytesAsSent, PAGE_FRAME_BYTES } from './byte-budget.ts';
import type { EntryStore } from './entry-store.ts';
import type { PageRequest } from './page-request.ts';
import { createReadAhead } from './read-ahead.ts';
import { conversationPage, ownPage } from './stream-pages.ts';
import type { Caller } from './streams.ts';
import type { UnfinishedBootstraps } from './unfinished-bootstraps.ts';

/** Which streams an answer to `pull` covers, and how much it may hold. */
export interface PagesAsked {
  store: EntryStore;
  unfinished: UnfinishedBootstraps;
  batches: Pick<Batches, 'settledHead'>;
  caller: Caller;
  /** In the order of their pages. */
  streams: readonly StreamId[];
  /** What the device holds of a stream; undefined if it holds nothing. */
  cursorOf: (stream: StreamId) => number | undefined;
  /** Whether that is of another epoch. */
  mustReset: (stream: StreamId) => boolean;
  limit: number;
  maxBytes: number;
  window: number;
}

export interface Filled {
  pages: StreamPage[];
  /** Streams that the caller may no longer read. */
  gone: Set<StreamId>;
  /** The streams that there was no room for. */
  left: readonly StreamId[];
}

/** One page for each stream, as long as there is room. */
export async function fillPages(asked: PagesAsked): Promise<Filled> {
  const { store, unfinished, batches, caller, streams, limit, maxBytes, window } = asked;
  const pages: StreamPage[] = [];
  const gone = new Set<StreamId>();
  const settledHead = (stream: StreamId) => batches.settledHead(stream);
  const isNew = (stream: StreamId) => asked.cursorOf(stream) === undefined && !asked.mustReset(stream);
  const readAhead = createReadAhead({ store, streams, isNew, settledHead });
  let left = limit;
  let bytesLeft = maxBytes - PAGE_FRAME_BYTES;
  for (const [at, stream] of streams.entries()) {
    if (left <= 0 || (bytesLeft < PAGE_FRAME_BYTES && pages.length > 0))
      return { pages, gone, left: streams.slice(at) };
    const room = { bytes: bytesLeft, records: left };
    const one: PageRequest = {
      store,
      unfinished,
      settledHead,
      readSmall: () => readAhead(at, room),
      caller,
      stream,
      cursor: asked.cursorOf(stream),
      mustReset: asked.mustReset(stream),
      window,
      left,
      bytesLeft: bytesLeft - PAGE_FRAME_BYTES,
      bytesAlone: maxBytes - 2 * PAGE_FRAME_BYTES,
      isFirst: left === limit,
    };
    const page = isPersonal(stream) ? await ownPage(one) : await conversationPage(one as PageRequest<ConversationId>);
    if (page === 'full') return { pages, gone, left: streams.slice(at) };
    if (page === 'gone') gone.add(stream);
    if (typeof page === 'string') continue;
    pages.push(page);
    left -= page.records.length;
    bytesLeft -= bytesAsSent(page);
  }
  return { pages, gone, left: [] };
}
