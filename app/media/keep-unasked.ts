import type { Client } from '#app/sync/client.ts';
import { keepChats } from './keep-chats.ts';
import { keepMessages } from './keep-messages.ts';

/** Fetches what the person wants to have on this device: first messages, then the files of chats that are kept offline. */
export async function keepUnasked(client: Client, signal?: AbortSignal): Promise<void> {
  await keepMessages(client, signal);
  await keepChats(client);
}
