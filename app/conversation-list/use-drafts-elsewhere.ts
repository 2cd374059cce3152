import { useEffect } from 'react';
import type { ConversationRow, LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';

interface Held {
  rows: readonly ConversationRow[];
  drafts: ReadonlyMap<ConversationId, string>;
}

/**
 * A draft that the server holds needs no copy here: the copy would stand in the way of what another device makes of it, or
 * be offered after it was sent from there. [RC4]
 */
export function useDraftsElsewhere(store: LocalStore, held: Held | undefined): void {
  useEffect(() => {
    for (const { stream, membership } of held?.rows ?? []) {
      const draft = held?.drafts.get(stream);
      if (draft !== undefined && draft === membership?.draft) void dropCopy(store, stream, draft);
    }
  }, [store, held]);
}

async function dropCopy(store: LocalStore, stream: ConversationId, draft: string): Promise<void> {
  // Looked at again: somebody may be typing.
  if ((await store.draft(stream)) === draft) await store.saveDraft(stream, '');
}
