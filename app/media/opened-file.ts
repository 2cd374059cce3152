import { useSyncExternalStore } from 'react';
import type { Attachment } from '#protocol/record.ts';
import type { FilePlace } from './file-place.ts';

/*
 * The picture or film that fills the screen. It is opened deep in a chat or its details, and shown by the page around them, so
 * that it stays when its message scrolls off the screen.
 */

export interface OpenedFile extends FilePlace {
  file: Attachment;
}

let opened: OpenedFile | undefined;
const listeners = new Set<() => void>();

export function openFile(file: OpenedFile | undefined): void {
  opened = file;
  for (const listener of listeners) listener();
}

export function useOpenedFile(): OpenedFile | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => opened,
  );
}
