import { X } from 'lucide-react';
import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from 'react';
import { useAnnounce } from './Announcer.tsx';
import { IconButton } from './Button.tsx';
import styles from './Notice.module.css';

const SHOWN_MS = 8_000;
const Notify = createContext<(text: string) => void>(() => {});

/** One sentence about something that was just tried and that nothing else on the screen answers. It leaves by itself. */
export function NoticeProvider({ closeLabel, children }: { closeLabel: string; children: ReactNode }) {
  const announce = useAnnounce();
  const [notice, setNotice] = useState<{ text: string }>();
  const notify = useCallback(
    (text: string) => {
      setNotice({ text });
      announce(text);
    },
    [announce],
  );
  useEffect(() => {
    if (notice === undefined) return undefined;
    const timer = setTimeout(() => setNotice(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <Notify.Provider value={notify}>
      {children}
      {notice !== undefined && (
        <div className={styles.notice}>
          <p>{notice.text}</p>
          <IconButton label={closeLabel} onClick={() => setNotice(undefined)}>
            <X size={18} aria-hidden />
          </IconButton>
        </div>
      )}
    </Notify.Provider>
  );
}

/** Shows and announces a sentence. */
export function useNotice(): (text: string) => void {
  return useContext(Notify);
}
