import { useEffect } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { StoreRefused } from '#app/local-store/refused.ts';
import { useNotice } from '#app/ui/Notice.tsx';

/**
 * Tells the person that something they have just done was not stored, so that it does not silently remain undone. Most actions
 * have no place of their own for that, and nothing catches their refusal; whatever does catch it says so itself. [REL-10]
 */
export function useRefusedWrites(): void {
  const words = useWords();
  const notify = useNotice();
  useEffect(() => {
    const look = ({ reason }: PromiseRejectionEvent) => {
      // A page that has closed its database shows why instead of the app.
      if (reason instanceof StoreRefused && reason.why !== 'closed') notify(words('app.notStored'));
    };
    addEventListener('unhandledrejection', look);
    return () => removeEventListener('unhandledrejection', look);
  }, [words, notify]);
}
