import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';

const COALESCED_MS = 400;
const Announce = createContext<(text: string) => void>(() => {});

/**
 * The app's only live region, which is polite. It is in the page before its text first changes; otherwise screen readers would
 * miss the first one. [A2] Texts that arrive within 400 ms are announced together, because a screen reader drops a text that
 * another one replaces.
 */
export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const [text, setText] = useState('');
  const pending = useRef<string[]>([]);
  const announce = useCallback((next: string) => {
    pending.current.push(next);
    if (pending.current.length > 1) return;
    setTimeout(() => {
      setText([...new Set(pending.current)].join('. '));
      pending.current = [];
    }, COALESCED_MS);
  }, []);
  return (
    <Announce.Provider value={announce}>
      {children}
      <div className="unseen" aria-live="polite" aria-atomic="true">
        {text}
      </div>
    </Announce.Provider>
  );
}

export function useAnnounce(): (text: string) => void {
  return useContext(Announce);
}
