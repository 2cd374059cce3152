import { liveQuery } from 'dexie';
import type { ConversationId } from '#protocol/ids.ts';
import { isVisible } from '#protocol/names.ts';
import type { Files, PollForm } from './files.ts';

/** What somebody has written into it. */
export const textsIn = ({ question, fields }: PollForm) =>
  [question, ...fields.map(({ text }) => text)].filter(isVisible);

/** Keeps a poll on the device, so that a reload or a crash loses nothing of it. Nothing is kept of an empty one. */
export async function keepPoll({ unsent }: Files, stream: ConversationId, form: PollForm): Promise<void> {
  if (textsIn(form).length === 0) await unsent.polls.delete(stream);
  else await unsent.polls.put({ stream, ...form });
}

/**
 * Calls the listener now, and whenever the poll of the chat was changed, in any tab; with undefined if there is none. Returns a
 * function that removes the listener.
 */
export function onKeptPoll(
  { unsent }: Files,
  stream: ConversationId,
  listener: (form: PollForm | undefined) => void,
): () => void {
  // If the device cannot read it, the app says so elsewhere.
  return liveQuery(() => unsent.polls.get(stream)).subscribe(listener, () => undefined).unsubscribe;
}

/** It was sent or discarded. */
export async function endPoll({ unsent }: Files, stream: ConversationId): Promise<void> {
  await unsent.polls.delete(stream);
}
