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
  /** Whether this device has what the server has. */
  isCaughtUp: () => boolean;
  /** Calls the listener when it has caught up; returns a function that stops it. */
  onCaughtUp: (listener: () => void) => () => void;
  /** Calls the listener when the page is hidden; returns a function that stops it. */
  onHidden: (listener: () => void) => () => void;
  onDefect: (error: unknown) => void;
}

/**
 * Shares the drafts of this device with the person's other devices: after a pause in typing, and at once when the page is hidden or
 * when the draft was sent or deleted. Runs in one tab at a time and reads what the device holds, so no tab can share a stale text. [OP16]
 *
 * A text waits until the device has caught up, and is first merged with what another device has shared meanwhile. If it were queued
 * offline, it would be sent before the catch-up and replace a text that nobody has seen here. [CL10]
 */
export function shareDrafts({
  store,
  outbox,
  isVisible,
  isCaughtUp,
  onCaughtUp,
  onHidden,
  onDefect,
}: ShareDraftsParts): () => void {
  const waiting = new Map<ConversationId, { draft: string; timer: ReturnType<typeof setTimeout> }>();

  let latest: ReadonlyMap<ConversationId, string> = new Map();

  function share(stream: ConversationId, draft: string): void {
    clearTimeout(waiting.get(stream)?.timer);
    waiting.delete(stream);
    if (draft !== '' && !isCaughtUp()) return;
    outbox.queue(updateMembership(stream, { draft: draft === '' ? null : draft })).catch(onDefect);
  }

  function look(unshared: ReadonlyMap<ConversationId, string>): void {
    latest = unshared;
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
  const stopCaughtUp = onCaughtUp(() => look(latest));
  return () => {
    stopObserving();
    stopHidden();
    stopCaughtUp();
    for (const { timer } of waiting.values()) clearTimeout(timer);
  };
}
