import { useEffect } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { StoreRefused } from '#app/local-store/refused.ts';
import { keepFocus } from '#app/ui/keep-focus.ts';
import { useNotice } from '#app/ui/Notice.tsx';

/**
 * What is watched on the whole page: the focus moves to something near when the element that has it disappears, and the person is
 * told if something they have just done was not stored. Most actions have no place of their own for that, and nothing catches
 * their refusal; whatever does catch it says so itself. [REL-10]
 */
export default function PageWatch() {
  const words = useWords();
  const notify = useNotice();
  useEffect(keepFocus, []);
  useEffect(() => {
    const look = ({ reason }: PromiseRejectionEvent) => {
      // A page that has closed its database shows why instead of the app.
      if (reason instanceof StoreRefused && reason.why !== 'closed') notify(words('app.notStored'));
    };
    addEventListener('unhandledrejection', look);
    return () => removeEventListener('unhandledrejection', look);
  }, [words, notify]);
  return null;
}
