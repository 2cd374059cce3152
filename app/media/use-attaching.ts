import { useCallback, useEffect, useState } from 'react';
import { filesOf } from '#app/local-store/files.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { takeOfferedFiles } from './offered-files.ts';

/**
 * What is about to be sent to a chat: the files that were picked, dropped or pasted since there is a sheet for them, and whether
 * the sheet is open. One that was closed, or was there when the page ended, is offered again.
 */
export function useAttaching(self: UserId, stream: ConversationId) {
  const [offered, setOffered] = useState<readonly File[]>([]);
  const [sheet, setSheet] = useState<'none' | 'closed' | 'open'>('none');
  const offer = useCallback((files: readonly File[]) => {
    setOffered((before) => [...before, ...files]);
    setSheet('open');
  }, []);
  useEffect(() => takeOfferedFiles(offer), [offer]);
  useEffect(() => {
    let isOver = false;
    // If the device cannot read it, the app says so elsewhere.
    const kept = filesOf(self).unsent.sheets.get(stream);
    void kept
      .then((row) => row !== undefined && !isOver && setSheet((now) => (now === 'none' ? 'closed' : now)))
      .catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [self, stream]);
  const open = useCallback(() => setSheet('open'), []);
  const close = useCallback(() => setSheet('closed'), []);
  const end = useCallback(() => {
    setOffered([]);
    setSheet('none');
  }, []);
  return { offered, sheet, offer, open, close, end };
}
