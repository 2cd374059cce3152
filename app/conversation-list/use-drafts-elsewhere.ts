import { useEffect } from 'react';
import type { ConversationRow, ViewStore } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';

interface ListDrafts {
  rows: readonly ConversationRow[];
  drafts: ReadonlyMap<ConversationId, string>;
}

/**
 * Drops this device's copy of a draft once the server has the same text: the copy would hide later changes from another device,
 * and would still be offered after that device has sent it. [RC4]
 */
export function useDraftsElsewhere(store: ViewStore, list: ListDrafts | undefined): void {
  useEffect(() => {
    for (const { stream, membership } of list?.rows ?? []) {
      const draft = list?.drafts.get(stream);
      if (draft !== undefined && draft === membership?.draft) void dropCopy(store, stream, draft);
    }
  }, [store, list]);
}

async function dropCopy(store: ViewStore, stream: ConversationId, draft: string): Promise<void> {
  // Read again, because the user may have typed meanwhile.
  if ((await store.draft(stream)) === draft) await store.saveDraft(stream, '');
}
