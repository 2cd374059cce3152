import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';

const GATHERED_MS = 400;
const Announce = createContext<(text: string) => void>(() => {});

/**
 * The app's one polite live region. It stands in the page before its text changes, or readers would miss the first one. [A2]
 * What comes within 400 ms is said together, for a reader drops a sentence that another one overtakes.
 */
export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const [text, setText] = useState('');
  const waiting = useRef<string[]>([]);
  const announce = useCallback((next: string) => {
    waiting.current.push(next);
    if (waiting.current.length > 1) return;
    setTimeout(() => {
      setText([...new Set(waiting.current)].join('. '));
      waiting.current = [];
    }, GATHERED_MS);
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
