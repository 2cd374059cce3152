import type { Files } from '#app/local-store/files.ts';
import { isLocalFile } from '#app/ops/files.ts';
import type { MediaId } from '#protocol/ids.ts';
import { MEDIA_PATH } from '#protocol/version.ts';

/** Undefined if it is not on this device and cannot be fetched now. */
export async function pictureOf(files: Files, id: MediaId, signal: AbortSignal): Promise<Blob | undefined> {
  try {
    if (isLocalFile(id)) {
      const waiting = await files.waiting(id);
      return waiting?.preview ?? waiting?.content;
    }
    const seen = await files.seen(id);
    if (seen !== undefined) return seen;
    const answer = await fetch(`${MEDIA_PATH}/${id}/thumbnail`, { signal });
    if (!answer.ok || answer.headers.get('content-type') !== 'image/webp') return undefined;
    const picture = await answer.blob();
    // A device without space still shows it.
    await files.keepSeen(id, picture).catch(() => undefined);
    return picture;
  } catch {
    return undefined; // offline, or no longer needed
  }
}
