import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';

const COALESCED_MS = 400;

interface Announcer {
  announce: (text: string) => void;
  /** Empties the region and drops what has not been announced yet. */
  silence: () => void;
}

const Announce = createContext<Announcer>({ announce: () => {}, silence: () => {} });

/**
 * The app's only live region, which is polite. It is in the page before its text first changes; otherwise screen readers would
 * miss the first one. [A2] Texts that arrive within 400 ms are announced together, because a screen reader drops a text that
 * another one replaces.
 */
export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: '', order: 0 });
  const pending = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const announce = useCallback((next: string) => {
    pending.current.push(next);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const text = [...new Set(pending.current.splice(0))].join('. ');
      setSaid(({ order }) => ({ text, order: order + 1 }));
    }, COALESCED_MS);
  }, []);
  const silence = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    pending.current = [];
    setSaid(({ order }) => ({ text: '', order: order + 1 }));
  }, []);
  const announcer = useMemo(() => ({ announce, silence }), [announce, silence]);
  return (
    <Announce.Provider value={announcer}>
      {children}
      <div className="unseen" aria-live="polite" aria-atomic="true">
        {/* A new element each time, because a text equal to the last one would change nothing, and would not be announced. */}
        {said.text !== '' && <span key={said.order}>{said.text}</span>}
      </div>
    </Announce.Provider>
  );
}

export function useAnnounce(): (text: string) => void {
  return useContext(Announce).announce;
}

/**
 * Silences the region when the calling component leaves the page, so that texts for one person are not there for the next one or
 * behind the lock.
 */
export function useSilenceAtEnd(): void {
  const { silence } = useContext(Announce);
  useEffect(() => silence, [silence]);
}
