import { liveQuery } from 'dexie';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { Files } from './files.ts';

/** Keeps on the device which message somebody is replying to in a chat, so that the draft is not sent without its quote. */
export async function keepReply({ unsent }: Files, stream: ConversationId, to: OpId): Promise<void> {
  await unsent.replies.put({ stream, to });
}

/**
 * Calls the listener now and whenever any tab replies to another message of the chat, with undefined if there is no reply. Returns
 * a function that removes the listener.
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

/** Removes a reply that was sent, scheduled or cancelled. */
export async function endReply({ unsent }: Files, stream: ConversationId): Promise<void> {
  await unsent.replies.delete(stream);
}
