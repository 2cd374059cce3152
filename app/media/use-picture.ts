import { useEffect, useState } from 'react';
import { filesOf } from '#app/local-store/files.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';
import { pictureOf } from './picture-of.ts';

/**
 * The address of a small picture on this device: one that waits to be sent, one that was seen before (even offline), or one that
 * is fetched now and kept. Undefined until there is one. A failed fetch is retried when the network is back.
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
