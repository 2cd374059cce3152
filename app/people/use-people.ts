import { useLiveQuery } from 'dexie-react-hooks';
import { useCallback, useEffect, useRef, useState } from 'react';
import { findPeople } from '#app/http/people.ts';
import type { HttpProblem } from '#app/http/request.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { matchesName, wordsOf } from '#protocol/fold.ts';
import type { Person } from '#protocol/http.ts';
import { DIRECTORY_PAGE } from '#protocol/limits.ts';

const TYPED_FOR_MS = 200;
const REFRESHED_AFTER_MS = 10_000;
/** An answer that comes sooner replaces nothing: the people known on this device would only flash. */
const LATE_AFTER_MS = 300;

/**
 * `known`: the people known on this device are shown, with the reason. `asking`: the server has not answered yet. `silent`: it did
 * not answer in time, although the device may be online.
 */
export type Found =
  | { kind: 'loading' }
  | { kind: 'answer'; people: Person[]; next?: string }
  | { kind: 'known'; people: Person[]; because: 'asking' | 'offline' | 'silent' | 'failed' | 'hidden' };

/** The people that match the typed text: from the server's directory, or without it those known on this device. [HT3] */
export function usePeople(store: ViewStore, typed: string) {
  const [found, setFound] = useState<Found>({ kind: 'loading' });
  /** The query that `found` belongs to; text that was typed since may not be answered yet. */
  const [answered, setAnswered] = useState<string>();
  /** The query whose answer is late. */
  const [late, setLate] = useState<string>();
  const known = useLiveQuery(() => store.knownPeople(), [store]);
  const query = typed.trim();
  /** The signal of the current query, which is aborted when another one replaces it. */
  const current = useRef<AbortSignal>(undefined);

  useEffect(() => {
    const abort = new AbortController();
    current.current = abort.signal;
    let hasAnswer = false;
    const ask = async (isRefresh: boolean) => {
      const outcome = await findPeople({ q: query }, abort.signal);
      if (abort.signal.aborted) return;
      if (!outcome.ok) {
        // A refresh may have been answered while the first request was on its way.
        if (isRefresh || hasAnswer) return;
        setAnswered(query);
        return setFound({ kind: 'known', people: [], because: reasonOf(outcome.failure) });
      }
      hasAnswer = true;
      setAnswered(query);
      const { users, next } = outcome.value;
      const answer: Found = { kind: 'answer', people: users, ...(next === undefined ? {} : { next }) };
      // Pages that were loaded since are kept.
      setFound((present) =>
        isRefresh && present.kind === 'answer' && present.people.length > DIRECTORY_PAGE ? present : answer,
      );
      void store.rememberPeople(users);
    };
    const wait = query === '' ? 0 : TYPED_FOR_MS;
    const timer = setTimeout(() => void ask(false), wait);
    const lateTimer = setTimeout(() => setLate(query), wait + LATE_AFTER_MS);
    // Other people may sign up meanwhile.
    const refresh = setInterval(() => document.visibilityState === 'visible' && void ask(true), REFRESHED_AFTER_MS);
    return () => {
      clearTimeout(timer);
      clearTimeout(lateTimer);
      clearInterval(refresh);
      abort.abort();
    };
  }, [query, store]);

  const next = found.kind === 'answer' ? found.next : undefined;
  const loadMore = useCallback(async () => {
    if (next === undefined) return;
    const signal = current.current;
    const outcome = await findPeople({ q: query, after: next }, signal);
    if (!outcome.ok || signal?.aborted === true) return;
    void store.rememberPeople(outcome.value.users);
    setFound((present) =>
      // Pressing twice requests the same page twice; it is appended once.
      present.kind === 'answer' && present.next === next
        ? {
            kind: 'answer',
            people: [...present.people, ...outcome.value.users],
            ...(outcome.value.next === undefined ? {} : { next: outcome.value.next }),
          }
        : present,
    );
  }, [next, query, store]);

  const people = matching(known ?? [], query);
  if (answered !== query && late === query)
    return { found: { kind: 'known', people, because: 'asking' } satisfies Found, isCurrent: true, loadMore };
  const shown: Found = found.kind === 'known' ? { ...found, people } : found;
  return { found: shown, isCurrent: answered === query, loadMore };
}

function reasonOf(failure: HttpProblem): 'offline' | 'silent' | 'failed' | 'hidden' {
  if (failure.kind === 'offline' || failure.kind === 'silent') return failure.kind;
  // A closed directory answers `forbidden` to an empty query and `invalid` to a single letter.
  return failure.kind === 'refused' && (failure.status === 403 || failure.status === 400) ? 'hidden' : 'failed';
}

function matching(people: readonly Person[], query: string): Person[] {
  const wanted = wordsOf(query);
  return people.filter((person) => matchesName(person.name, wanted));
}
