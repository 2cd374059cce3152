import { useEffect } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { offerFiles } from '#app/media/offered-files.ts';
import { useNotice } from '#app/ui/Notice.tsx';

/**
 * Passes files that somebody drops or pastes anywhere on the page to the open chat, or says that no chat is open. By default the
 * browser would leave the app to open them. Text is dropped and pasted as usual.
 */
export function useOfferedFiles(): void {
  const words = useWords();
  const notify = useNotice();
  useEffect(() => {
    const abort = new AbortController();
    const options = { signal: abort.signal };
    const over = (event: DragEvent) => {
      if (event.dataTransfer === null || !holdsFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    };
    const offer = (event: Event, given: DataTransfer | null) => {
      if (given === null || !holdsFiles(given)) return;
      event.preventDefault();
      if (!offerFiles([...given.files])) notify(words('files.noChat'));
    };
    document.addEventListener('dragenter', over, options);
    document.addEventListener('dragover', over, options);
    document.addEventListener('drop', (event) => offer(event, event.dataTransfer), options);
    document.addEventListener(
      'paste',
      (event) => {
        // A copied table is also offered as a picture, but its text is pasted.
        if (event.clipboardData?.types.includes('text/plain') !== true) offer(event, event.clipboardData);
      },
      options,
    );
    return () => abort.abort();
  }, [words, notify]);
}

function holdsFiles({ types }: DataTransfer): boolean {
  return types.includes('Files');
}
