import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';

const Announce = createContext<(text: string) => void>(() => {});

/**
 * The app's one polite live region. It stands in the page before its text changes, or readers would miss the first one. [A2]
 * What is said within 400 ms is said together; only the newest of the same call site's sentences matters to a listener.
 */
export function AnnouncerProvider({ children }: { children: ReactNode }) {
  const [text, setText] = useState('');
  const waiting = useRef<{ texts: string[]; timer: ReturnType<typeof setTimeout> } | undefined>(undefined);
  const announce = useCallback((next: string) => {
    if (waiting.current !== undefined) {
      waiting.current.texts.push(next);
      return;
    }
    const timer = setTimeout(() => {
      setText([...new Set(waiting.current?.texts ?? [])].join('. '));
      waiting.current = undefined;
    }, 400);
    waiting.current = { texts: [next], timer };
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
