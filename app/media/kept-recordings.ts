import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { Recorded } from './recording.ts';

/** Recordings that were neither sent nor discarded when somebody went to another chat. They last as long as the page. */
const kept = new WeakMap<Client, Map<ConversationId, Recorded>>();

export function keptRecordings(client: Client): Map<ConversationId, Recorded> {
  const recordings = kept.get(client) ?? new Map<ConversationId, Recorded>();
  kept.set(client, recordings);
  return recordings;
}
