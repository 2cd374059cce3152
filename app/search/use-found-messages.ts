import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
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
 * `asking`: more may come. `partial`: the server could not be asked, so only this device was searched. `interrupted`: the server was
 * asked, but not for everything. `here`: the server was not asked, because it searches by words alone. [SR1]
 */
export type SearchState = 'idle' | 'asking' | 'partial' | 'interrupted' | 'here' | 'complete';

/** The results of one query. */
interface Found {
  query: string;
  device: readonly MessageRecord[];
  /** How many hits the device has found, including those by blocked people, and how many it was asked for. */
  deviceHits: number;
  deviceLimit: number;
  isDeviceDone: boolean;
  server: readonly MessageRecord[];
  /** The server's hits that this device does not hold. */
  elsewhere: ReadonlySet<string>;
  serverState: 'asking' | 'failed' | 'answered' | 'unasked';
  next?: string | undefined;
}

const TYPED_FOR_MS = 250;
/** How many of the device's hits are shown at first, and how many are added each time. */
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
    // So that it is in memory by the time something has been typed.
    void store.epoch().then(index.load, () => undefined);
    return () => stored.close();
  }, [store, stored, index]);

  /** Aborted when the query changes. */
  const ending = useRef(new AbortController());
  const update = useCallback(
    (signal: AbortSignal, change: Partial<Found>) => {
      if (signal.aborted) return;
      setFound((present) => ({ ...(present?.query === query ? present : nothingYet(query)), ...change }));
    },
    [query],
  );
  const askDevice = useCallback(
    async (deviceLimit: number, shown: number) => {
      const { signal } = ending.current;
      const blocked = await store.blocked().catch((): UserId[] => []);
      const onHits = (hits: readonly MessageRecord[]) => {
        // What is shown stays while the device searches for more.
        if (hits.length < shown) return;
        const device = hits.filter(({ senderId }) => !blocked.includes(senderId));
        update(signal, { device, deviceHits: hits.length });
      };
      update(signal, { deviceLimit, isDeviceDone: false });
      // If the device cannot be read, only the server's hits are shown.
      await searchDevice({ store, index, words, filters, stream, limit: deviceLimit, signal, onHits }).catch(
        () => undefined,
      );
      update(signal, { isDeviceDone: true });
    },
    [store, index, words, filters, stream, update],
  );
  const askServer = useCallback(
    async (before: string | undefined, shown: Pick<Found, 'server' | 'elsewhere'>) => {
      const { signal } = ending.current;
      update(signal, { serverState: 'asking' });
      const outcome = await findMessages({ q: sought, stream, before }, signal);
      update(signal, await answerOf(store, outcome, shown));
    },
    [store, sought, stream, update],
  );
  useEffect(() => {
    if (query === '') return undefined;
    const abort = new AbortController();
    ending.current = abort;
    const timer = setTimeout(() => {
      void askDevice(DEVICE_HITS, 0);
      if (sought === '') update(abort.signal, { serverState: 'unasked' });
      else void askServer(undefined, nothingYet(query));
    }, TYPED_FOR_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query, sought, askDevice, askServer, update]);

  const askAgain = useCallback(() => void askServer(undefined, nothingYet(query)), [query, askServer]);

  const current = found?.query === query ? found : undefined;
  const loadMore = useCallback(() => {
    if (current === undefined || stateOf(query, current) === 'asking') return;
    if (isDeviceFull(current)) void askDevice(current.deviceLimit + DEVICE_HITS, current.deviceHits);
    if (current.next !== undefined) void askServer(current.next, current);
  }, [query, current, askDevice, askServer]);

  const messages = useMemo(() => {
    if (found === undefined || query === '') return [];
    const bounds = boundsOf(filters);
    // The server knows no filters.
    const hits = mergedHits(found.device, found.server).filter((hit) => passes(hit, filters, bounds));
    // The previous results stay as far as they match, so that the list doesn't flicker during typing.
    return found.query === query ? hits : hits.filter(({ text }) => words.length === 0 || matchesName(text, words));
  }, [found, query, words, filters]);
  const state = stateOf(query, current);
  return {
    messages,
    elsewhere: found?.elsewhere,
    state,
    words,
    loadMore: current !== undefined && hasMore(current) ? loadMore : undefined,
    /** Asks the server once more, if it could not be asked. */
    askAgain: state === 'partial' ? askAgain : undefined,
  };
}

const isDeviceFull = ({ deviceHits, deviceLimit }: Found) => deviceHits >= deviceLimit;

/** Once the server has sent all its hits, those of the device are among them. */
const hasMore = (found: Found) => found.next !== undefined || (found.serverState !== 'answered' && isDeviceFull(found));

const nothingYet = (query: string): Found => ({
  query,
  device: [],
  deviceHits: 0,
  deviceLimit: DEVICE_HITS,
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
  if (found.serverState === 'failed' && found.next !== undefined) return 'interrupted';
  return statesAfter[found.serverState];
}
