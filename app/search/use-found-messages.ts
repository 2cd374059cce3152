import { useCallback, useEffect, useMemo, useState } from 'react';
import { findMessages } from '#app/http/search.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { matchesName } from '#protocol/fold.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { searchedWords } from '#protocol/search-words.ts';
import { searchDevice } from './device-search.ts';
import { mergedHits } from './merged-hits.ts';

/** `asking`: more may come. `partial`: the server could not be asked, so only this device was searched. */
export type SearchState = 'idle' | 'asking' | 'partial' | 'complete';

/** The answers to one query. */
interface Found {
  query: string;
  device: readonly MessageRecord[];
  isDeviceDone: boolean;
  server: readonly MessageRecord[];
  serverState: 'asking' | 'failed' | 'answered';
  next?: string | undefined;
}

const TYPED_FOR_MS = 250;
const DEVICE_HITS = 50;

/**
 * The messages that hold every typed word, in one conversation or in all: those on this device at once, and those of the
 * server beside them when they come. Shorter queries than two letters find too much to be of use while one types.
 */
export function useFoundMessages(store: ViewStore, typed: string, stream?: ConversationId) {
  const query = useMemo(() => wordsToSearch(typed).join(' '), [typed]);
  const [found, setFound] = useState<Found>();

  useEffect(() => {
    if (query === '') return undefined;
    const abort = new AbortController();
    const { signal } = abort;
    const update = (change: Partial<Found>) => {
      if (signal.aborted) return;
      setFound((present) => ({ ...(present?.query === query ? present : nothingYet(query)), ...change }));
    };
    const timer = setTimeout(() => {
      const words = query.split(' ');
      void searchDevice({ store, words, stream, limit: DEVICE_HITS, signal, onHits: (device) => update({ device }) })
        .catch(() => undefined) // a device that cannot be read has no hits; the server's are shown
        .then(() => update({ isDeviceDone: true }));
      void findMessages({ q: query, stream }, signal).then((outcome) => update(answerOf(outcome, [])));
    }, TYPED_FOR_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query, store, stream]);

  const current = found?.query === query ? found : undefined;
  const loadMore = useCallback(async () => {
    if (current?.next === undefined) return;
    const outcome = await findMessages({ q: query, stream, before: current.next }, AbortSignal.timeout(MORE_WITHIN_MS));
    setFound((present) => (present !== current ? present : { ...current, ...answerOf(outcome, current.server) }));
  }, [current, query, stream]);

  const words = useMemo(() => wordsToSearch(typed), [typed]);
  const messages = useMemo(() => {
    if (found === undefined || words.length === 0) return [];
    const hits = mergedHits(found.device, found.server);
    // What was found for the letters before stays as far as it fits, so that the list doesn't flicker while one types.
    return found.query === query ? hits : hits.filter(({ text }) => matchesName(text, words));
  }, [found, query, words]);
  return {
    messages,
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
  serverState: 'asking',
});

function wordsToSearch(typed: string): string[] {
  const words = searchedWords(typed);
  // One letter of a script without an alphabet is a word.
  return /^[\0-\u{2E7F}]?$/u.test(words.join('')) ? [] : words;
}

function answerOf(outcome: Awaited<ReturnType<typeof findMessages>>, before: readonly MessageRecord[]): Partial<Found> {
  if (!outcome.ok) return { serverState: 'failed' };
  const { records, next } = outcome.value;
  return { serverState: 'answered', server: [...before, ...records], next };
}

function stateOf(query: string, found: Found | undefined): SearchState {
  if (query === '') return 'idle';
  if (found === undefined || found.serverState === 'asking' || !found.isDeviceDone) return 'asking';
  return found.serverState === 'failed' ? 'partial' : 'complete';
}
