import { useCallback } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import { copyText } from '#app/ui/copy-text.ts';
import { useNotice } from '#app/ui/Notice.tsx';

/** Copies a text, and says whether that worked; `orElse` runs if the browser has no way to copy. */
export function useCopy(): (text: string, orElse?: () => void) => void {
  const words = useWords();
  const notify = useNotice();
  const announce = useAnnounce();
  return useCallback(
    (text, orElse) => {
      void copyText(text).then((isCopied) => {
        if (isCopied) return announce(words('menu.copied'));
        orElse?.();
        return notify(words('menu.notCopied'));
      });
    },
    [words, notify, announce],
  );
}
