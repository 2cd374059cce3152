import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';

/** Long enough that a sentence is one change, short enough that who takes up another device finds it there. */
const SHARED_AFTER_MS = 3_000;

/** One's draft as one's other devices have it. */
export interface SharedDraft {
  text: string;
  /** Of the server's record. */
  rev: number;
  isWaiting: boolean;
  /** Changes of the draft that have not left yet: a newer one takes their place. */
  unsent: OpId[];
}

const draftOnly = new Set(['id', 'stream', 'kind', 'draft']);

/** From the conversation with what waits. */
export function sharedDraft(shown: ConversationRow | undefined, waiting: readonly OutboxRow[]): SharedDraft {
  const changes = waiting.filter(
    ({ op, state }) => state !== 'failed' && op.kind === 'membership.update' && op.draft !== undefined,
  );
  return {
    text: shown?.membership?.draft ?? '',
    rev: shown?.membership?.rev ?? 0,
    isWaiting: changes.length > 0,
    unsent: changes
      .filter(({ op, state, attempts }) => {
        return state === 'queued' && attempts === 0 && Object.keys(op).every((key) => draftOnly.has(key));
      })
      .map(({ id }) => id),
  };
}

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
  const unsent = useRef(shared.unsent);
  const latest = useRef(text);
  useLayoutEffect(() => {
    latest.current = text;
    unsent.current = shared.unsent;
  }, [text, shared]);

  const share = useCallback(() => {
    const typed = latest.current;
    const draft = typed.trim() === '' ? '' : typed.slice(0, limits.text).toWellFormed();
    if (draft === known.current) return;
    known.current = draft;
    for (const id of unsent.current) void outbox.discard(id);
    void outbox.updateMembership(stream, { draft: draft === '' ? null : draft });
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
