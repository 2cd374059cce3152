import { X } from 'lucide-react';
import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from 'react';
import { useAnnounce } from './Announcer.tsx';
import { Button, IconButton } from './Button.tsx';
import styles from './Notice.module.css';

const SHOWN_MS = 8_000;
/** What the notice offers, as a button. */
interface NoticeAction {
  label: string;
  run: () => void;
  /** How long the action is possible. */
  ms?: number;
}

type Notify = (text: string, action?: NoticeAction) => void;
const Notify = createContext<Notify>(() => {});

/** One sentence about the result of an action that nothing else on the screen shows. It disappears by itself. */
export function NoticeProvider({ closeLabel, children }: { closeLabel: string; children: ReactNode }) {
  const announce = useAnnounce();
  const [notice, setNotice] = useState<{ text: string; action?: NoticeAction | undefined }>();
  const notify = useCallback(
    (text: string, action?: NoticeAction) => {
      setNotice({ text, action });
      announce(text);
    },
    [announce],
  );
  useEffect(() => {
    if (notice === undefined) return undefined;
    const timer = setTimeout(() => setNotice(undefined), notice.action?.ms ?? SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <Notify.Provider value={notify}>
      {children}
      {notice !== undefined && (
        <div className={styles.notice}>
          <p>{notice.text}</p>
          {notice.action !== undefined && (
            <Button
              look="link"
              onClick={() => {
                setNotice(undefined);
                notice.action?.run();
              }}
            >
              {notice.action.label}
            </Button>
          )}
          <IconButton label={closeLabel} onClick={() => setNotice(undefined)}>
            <X size={18} aria-hidden />
          </IconButton>
        </div>
      )}
    </Notify.Provider>
  );
}

/** Shows and announces a sentence. */
export function useNotice(): Notify {
  return useContext(Notify);
}
