import { useCallback, useEffect, useMemo, useState } from 'react';
import { findMessages } from '#app/http/search.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { isHeld } from '#app/local-store/runs.ts';
import { openSearchIndex } from '#app/local-store/search-index.ts';
import { matchesName } from '#protocol/fold.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { searchedWords } from '#protocol/search-words.ts';
import { searchDevice } from './device-search.ts';
import { boundsOf, hasFilters, passes, type SearchFilters } from './filters.ts';
import { openIndex } from './loaded-index.ts';
import { mergedHits } from './merged-hits.ts';

/**
 * `asking`: more may come. `partial`: the server could not be asked, so only this device was searched. `here`: the server was not
 * asked, because it searches by words alone. [SR1]
 */
export type SearchState = 'idle' | 'asking' | 'partial' | 'here' | 'complete';

/** The results of one query. */
interface Found {
  query: string;
  device: readonly MessageRecord[];
  isDeviceDone: boolean;
  server: readonly MessageRecord[];
  /** The server's hits that this device does not hold. */
  elsewhere: ReadonlySet<string>;
  serverState: 'asking' | 'failed' | 'answered' | 'unasked';
  next?: string | undefined;
}

const TYPED_FOR_MS = 250;
const DEVICE_HITS = 50;

/**
 * The messages that hold every typed word and pass the filters, in one conversation or in all: those on this device at once, and
 * those of the server when they arrive. Queries below two letters find too much to be useful during typing; with a filter, no
 * query is needed.
 */
export function useFoundMessages(store: ViewStore, typed: string, filters: SearchFilters, stream?: ConversationId) {
  const words = useMemo(() => wordsToSearch(typed), [typed]);
  const sought = words.join(' ');
  // The query of the results; empty if there is none.
  const query = sought === '' && !hasFilters(filters) ? '' : `${sought}\n${JSON.stringify(filters)}`;
  const [found, setFound] = useState<Found>();
  const stored = useMemo(() => openSearchIndex(store.userId), [store]);
  const index = useMemo(() => openIndex(stored), [stored]);
  useEffect(() => {
    // It is in memory by the time something has been typed.
    void store.epoch().then(index.load, () => undefined);
    return () => stored.close();
  }, [store, stored, index]);

  useEffect(() => {
    if (query === '') return undefined;
    const abort = new AbortController();
    const { signal } = abort;
    const update = (change: Partial<Found>) => {
      if (signal.aborted) return;
      setFound((present) => ({ ...(present?.query === query ? present : nothingYet(query)), ...change }));
    };
    const timer = setTimeout(async () => {
      const blocked = await store.blocked().catch((): UserId[] => []);
      void searchDevice({
        store,
        index,
        words,
        filters,
        stream,
        limit: DEVICE_HITS,
        signal,
        onHits: (device) => update({ device: device.filter(({ senderId }) => !blocked.includes(senderId)) }),
      })
        .catch(() => undefined) // if the device cannot be read, only the server's hits are shown
        .then(() => update({ isDeviceDone: true }));
      if (sought === '') return update({ serverState: 'unasked' });
      update(await answerOf(store, await findMessages({ q: sought, stream }, signal), nothingYet(query)));
      return undefined;
    }, TYPED_FOR_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query, sought, words, filters, store, index, stream]);

  const current = found?.query === query ? found : undefined;
  const loadMore = useCallback(async () => {
    if (current?.next === undefined) return;
    const outcome = await findMessages(
      { q: sought, stream, before: current.next },
      AbortSignal.timeout(MORE_WITHIN_MS),
    );
    const answer = await answerOf(store, outcome, current);
    setFound((present) => (present !== current ? present : { ...current, ...answer }));
  }, [store, current, sought, stream]);

  const messages = useMemo(() => {
    if (found === undefined || query === '') return [];
    const bounds = boundsOf(filters);
    // The server knows no filters.
    const hits = mergedHits(found.device, found.server).filter((hit) => passes(hit, filters, bounds));
    // The previous results stay as far as they match, so that the list doesn't flicker during typing.
    return found.query === query ? hits : hits.filter(({ text }) => words.length === 0 || matchesName(text, words));
  }, [found, query, words, filters]);
  return {
    messages,
    elsewhere: found?.elsewhere,
    state: stateOf(query, current),
    words,
    loadMore: current?.next === undefined ? undefined : loadMore,
  };
}

const MORE_WITHIN_MS = 15_000;

const nothingYet = (query: string): Found => ({
  query,
  device: [],
  isDeviceDone: false,
  server: [],
  elsewhere: new Set(),
  serverState: 'asking',
});

function wordsToSearch(typed: string): string[] {
  const words = searchedWords(typed);
  // A single character of a script without an alphabet is a word.
  return /^[\0-\u{2E7F}]?$/u.test(words.join('')) ? [] : words;
}

async function answerOf(
  store: ViewStore,
  outcome: Awaited<ReturnType<typeof findMessages>>,
  before: Pick<Found, 'server' | 'elsewhere'>,
): Promise<Partial<Found>> {
  if (!outcome.ok) return { serverState: 'failed' };
  const { records, next } = outcome.value;
  const elsewhere = new Set(before.elsewhere);
  for (const { id, stream, seq } of records) {
    const row = await store.conversation(stream as ConversationId).catch(() => undefined);
    if (row === undefined || !isHeld(row, seq)) elsewhere.add(id);
  }
  return { serverState: 'answered', server: [...before.server, ...records], elsewhere, next };
}

const statesAfter = { failed: 'partial', unasked: 'here', answered: 'complete' } as const;

function stateOf(query: string, found: Found | undefined): SearchState {
  if (query === '') return 'idle';
  if (found === undefined || found.serverState === 'asking' || !found.isDeviceDone) return 'asking';
  return statesAfter[found.serverState];
}
