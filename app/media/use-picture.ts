import { useEffect, useState } from 'react';
import { type Files, filesOf } from '#app/local-store/files.ts';
import { isLocalFile } from '#app/ops/files.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';
import { MEDIA_PATH } from '#protocol/version.ts';

/**
 * The address of a small picture on this device: of one that waits to be sent, of one that was seen before, also offline, or of one
 * that is fetched now and kept. Undefined until there is one. It is tried again when the network is back.
 */
export function usePicture(self: UserId, id: MediaId | undefined): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (id === undefined) return undefined;
    const wanted = id;
    const abort = new AbortController();
    let made: string | undefined;
    async function load(): Promise<void> {
      const picture = await pictureOf(filesOf(self), wanted, abort.signal);
      if (picture === undefined || abort.signal.aborted || made !== undefined) return;
      made = URL.createObjectURL(picture);
      setAddress(made);
    }
    const tryAgain = () => {
      if (made === undefined) void load();
    };
    void load();
    addEventListener('online', tryAgain, { signal: abort.signal });
    return () => {
      abort.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [self, id]);
  return address;
}

/** Undefined if it is neither on this device nor to be had now. */
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
    // A device without space shows it all the same.
    await files.keepSeen(id, picture).catch(() => undefined);
    return picture;
  } catch {
    return undefined; // offline, or no longer needed
  }
}
