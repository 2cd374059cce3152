import { useEffect } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { useNotice } from '#app/ui/Notice.tsx';

/**
 * Says that files cannot be sent when somebody drops or pastes one anywhere on the page; by itself the browser would leave the app
 * to open it. Text is dropped and pasted as usual.
 */
export function useFilesRefused(): void {
  const words = useWords();
  const notify = useNotice();
  useEffect(() => {
    const abort = new AbortController();
    const options = { signal: abort.signal };
    const over = (event: DragEvent) => {
      if (event.dataTransfer === null || !holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'none';
    };
    const refuse = (event: Event, given: DataTransfer | null) => {
      if (given === null || !holdsFiles(given)) return;
      event.preventDefault();
      notify(words('files.notYet'));
    };
    document.addEventListener('dragenter', over, options);
    document.addEventListener('dragover', over, options);
    document.addEventListener('drop', (event) => refuse(event, event.dataTransfer), options);
    document.addEventListener(
      'paste',
      (event) => {
        // A copied table is offered as a picture too: its text is what is pasted.
        if (event.clipboardData?.types.includes('text/plain') !== true) refuse(event, event.clipboardData);
      },
      options,
    );
    return () => abort.abort();
  }, [words, notify]);
}

function holdsFiles({ types }: DataTransfer): boolean {
  return types.includes('Files');
}
