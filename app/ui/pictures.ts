import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';

/** The pictures of people and groups, by the id that their avatar has. They are shown once they are on this device. */
export interface Pictures {
  /** Fetches the picture while there are listeners. Returns a function that removes the listener. */
  subscribe(id: string, listener: () => void): () => void;
  addressOf(id: string): string | undefined;
}

export const noPictures: Pictures = { subscribe: () => () => undefined, addressOf: () => undefined };

export const PicturesContext = createContext<Pictures>(noPictures);

/** Undefined while there is none. */
export function usePictureAddress(id: string): string | undefined {
  const pictures = useContext(PicturesContext);
  return useSyncExternalStore(
    useCallback((listener) => pictures.subscribe(id, listener), [pictures, id]),
    () => pictures.addressOf(id),
  );
}
