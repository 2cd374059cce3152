import type { LocalStore } from '#app/local-store/local-store.ts';
import { updateMembership } from '#app/ops/own.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { Outbox } from './client.ts';

/** Long enough for a sentence to be one op, and short enough for the draft to be there when somebody changes devices. */
const SHARED_AFTER_MS = 3_000;

interface ShareDraftsParts {
  store: Pick<LocalStore, 'observe' | 'unsharedDrafts'>;
  outbox: Pick<Outbox, 'queue'>;
  isVisible: () => boolean;
  /** Calls the listener when the page is hidden; returns a function that stops it. */
  onHidden: (listener: () => void) => () => void;
  onDefect: (error: unknown) => void;
}

/**
 * Shares the drafts of this device with the person's other devices: after a pause in typing, and at once when the page is hidden or
 * when the draft was sent or deleted. Runs in one tab at a time and reads what the device holds, so no tab can share a stale text. [OP16]
 */
export function shareDrafts({ store, outbox, isVisible, onHidden, onDefect }: ShareDraftsParts): () => void {
  const waiting = new Map<ConversationId, { draft: string; timer: ReturnType<typeof setTimeout> }>();

  function share(stream: ConversationId, draft: string): void {
    clearTimeout(waiting.get(stream)?.timer);
    waiting.delete(stream);
    outbox.queue(updateMembership(stream, { draft: draft === '' ? null : draft })).catch(onDefect);
  }

  function look(unshared: ReadonlyMap<ConversationId, string>): void {
    for (const [stream, { timer }] of waiting) {
      if (unshared.has(stream)) continue;
      clearTimeout(timer);
      waiting.delete(stream);
    }
    for (const [stream, draft] of unshared) {
      if (waiting.get(stream)?.draft === draft) continue;
      clearTimeout(waiting.get(stream)?.timer);
      const after = draft === '' || !isVisible() ? 0 : SHARED_AFTER_MS;
      waiting.set(stream, { draft, timer: setTimeout(() => share(stream, draft), after) });
    }
  }

  const stopObserving = store.observe(() => store.unsharedDrafts(), look, onDefect);
  const stopHidden = onHidden(() => {
    for (const [stream, { draft }] of waiting) share(stream, draft);
  });
  return () => {
    stopObserving();
    stopHidden();
    for (const { timer } of waiting.values()) clearTimeout(timer);
  };
}
