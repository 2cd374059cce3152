import { liveQuery } from 'dexie';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { Files } from './files.ts';

/** Keeps on the device to which message somebody is replying in a chat, so that the draft is not sent without its quote. */
export async function keepReply({ unsent }: Files, stream: ConversationId, to: OpId): Promise<void> {
  await unsent.replies.put({ stream, to });
}

/**
 * Calls the listener now, and whenever another message is being replied to in the chat, in any tab; with undefined if there is
 * none. Returns a function that removes the listener.
 */
export function onKeptReply(
  { unsent }: Files,
  stream: ConversationId,
  listener: (to: OpId | undefined) => void,
): () => void {
  const kept = liveQuery(async () => (await unsent.replies.get(stream))?.to);
  // If the device cannot read it, the app says so elsewhere.
  return kept.subscribe(listener, () => undefined).unsubscribe;
}

/** It was sent, scheduled or cancelled. */
export async function endReply({ unsent }: Files, stream: ConversationId): Promise<void> {
  await unsent.replies.delete(stream);
}
