import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { updateMembership } from '#app/ops/own.ts';
import type { SharedDraft } from '#app/shown/draft.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';

/** Long enough that a sentence is one change, short enough that who takes up another device finds it there. */
const SHARED_AFTER_MS = 3_000;

/**
 * The same half-written message on all devices: said after a pause, on leaving, and when it was sent; taken from another one
 * where nothing was typed here since. [OP16] [RC4]
 */
export function useSharedDraft(
  { outbox }: Client,
  stream: ConversationId,
  shared: SharedDraft,
  text: string,
  take: (text: string) => void,
): void {
  /** What the others have, as far as this device knows or has said. */
  const known = useRef(shared.text);
  const seenRev = useRef(shared.rev);
  const latest = useRef(text);
  useLayoutEffect(() => {
    latest.current = text;
  }, [text]);

  const share = useCallback(() => {
    const typed = latest.current;
    const draft = typed.trim() === '' ? '' : typed.slice(0, limits.text).toWellFormed();
    if (draft === known.current) return;
    known.current = draft;
    void outbox.queue(updateMembership(stream, { draft: draft === '' ? null : draft }));
  }, [outbox, stream]);

  useEffect(() => {
    // Sent, or thought better of: the others should not offer it any more.
    const timer = setTimeout(share, text === '' ? 0 : SHARED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, share]);
  useEffect(() => {
    const hide = () => document.visibilityState === 'hidden' && share();
    document.addEventListener('visibilitychange', hide);
    return () => {
      document.removeEventListener('visibilitychange', hide);
      share();
    };
  }, [share]);

  useEffect(() => {
    // Only a newer record is another device's word: between an answer and its record the old one shows for a moment.
    const isNewer = shared.rev > seenRev.current;
    seenRev.current = Math.max(seenRev.current, shared.rev);
    if (!isNewer || shared.isWaiting || shared.text === known.current) return;
    const isUntouched = latest.current === known.current;
    known.current = shared.text;
    if (isUntouched) take(shared.text);
  }, [shared, take]);
}
