import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { updateMembership } from '#app/ops/own.ts';
import type { SharedDraft } from '#app/shown/draft.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';

/** Long enough for a sentence to be one op, and short enough for the draft to be there when somebody changes devices. */
const SHARED_AFTER_MS = 3_000;

/**
 * Keeps a draft the same on all of a person's devices. It is shared after a pause in typing, when the page is hidden or left, and
 * when the message was sent. A draft of another device is taken if nothing was typed here since the last one. [OP16] [RC4]
 */
export function useSharedDraft(
  { outbox }: Client,
  stream: ConversationId,
  shared: SharedDraft,
  text: string,
  take: (text: string) => void,
): void {
  /** The draft that the other devices have, as far as this device knows or has shared it. */
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
    // An empty field means that the message was sent or deleted, so the other devices must stop offering it at once.
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
    // Only a newer record can come from another device: between the answer to an op and its record, the old record is still here.
    const isNewer = shared.rev > seenRev.current;
    seenRev.current = Math.max(seenRev.current, shared.rev);
    if (!isNewer || shared.isWaiting || shared.text === known.current) return;
    const isUntouched = latest.current === known.current;
    known.current = shared.text;
    if (isUntouched) take(shared.text);
  }, [shared, take]);
}
