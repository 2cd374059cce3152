import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { Place } from './opening.ts';

const places = new WeakMap<Client, Map<ConversationId, Place>>();

/** Where the person was in the conversations that they left before the end. It is gone with their client. [C9] */
export function placesOf(client: Client): Map<ConversationId, Place> {
  const present = places.get(client) ?? new Map<ConversationId, Place>();
  places.set(client, present);
  return present;
}
