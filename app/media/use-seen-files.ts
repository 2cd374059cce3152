import { useEffect, useState } from 'react';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { withoutBlocked } from '#app/shown/withheld.ts';
import type { OpenedFile } from './opened-file.ts';
import { placeIn, seenFiles } from './seen-files.ts';

/** How many messages are read before and after the one that is shown. */
const AROUND = 500;
/** When this close to an end of the loaded messages, more are read. */
const NEAR = 2;

/** The pictures and films around this one in its chat, as far as the device holds them. */
export function useSeenFiles(store: ViewStore, opened: OpenedFile): OpenedFile[] {
  const [files, setFiles] = useState<OpenedFile[]>([]);
  const { stream, seq, messageId } = opened;
  const at = placeIn(files, opened);
  const isAtEnd = at < NEAR || at >= files.length - NEAR;
  useEffect(() => {
    if (seq === undefined || !isAtEnd) return undefined;
    let isOver = false;
    const around = store.messages(stream, { fromSeq: Math.max(1, seq - AROUND), toSeq: seq + AROUND });
    Promise.all([around, store.blocked()])
      .then(([messages, blocked]) => {
        if (!isOver) setFiles(seenFiles(stream, withoutBlocked(messages, stream, blocked, new Set([messageId]))));
      })
      .catch(reportError);
    return () => {
      isOver = true;
    };
  }, [store, stream, seq, messageId, isAtEnd]);
  return files;
}
