import type { Files } from '#app/local-store/files.ts';
import type { Pictures } from '#app/ui/pictures.ts';
import { type PicturesStore, createPeoplePictures } from './people-pictures.ts';
import { pictureOf } from './picture-of.ts';

/** The pictures of people and groups on this page, until the signal ends it. */
export function openPictures(store: PicturesStore, files: Files, signal: AbortSignal): Pictures {
  // If the store cannot be read, it reports the reason itself.
  const pictures = createPeoplePictures(
    store,
    (id) => pictureOf(files, id, signal),
    () => undefined,
  );
  addEventListener('online', pictures.retry, { signal });
  signal.addEventListener('abort', pictures.close, { once: true });
  return pictures;
}
