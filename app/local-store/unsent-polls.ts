import { liveQuery } from 'dexie';
import type { ConversationId } from '#protocol/ids.ts';
import { isVisible } from '#protocol/names.ts';
import type { Files, PollForm } from './files.ts';

/** The texts that somebody has written into a poll. */
export const textsIn = ({ question, fields }: PollForm) =>
  [question, ...fields.map(({ text }) => text)].filter(isVisible);

/** Keeps a poll on the device, so that a reload or a crash loses nothing of it. An empty poll is removed. */
export async function keepPoll({ unsent }: Files, stream: ConversationId, form: PollForm): Promise<void> {
  if (textsIn(form).length === 0) await unsent.polls.delete(stream);
  else await unsent.polls.put({ stream, ...form });
}

/** All that was written into the poll of the chat; undefined if there is none. */
export async function keptPollText({ unsent }: Files, stream: ConversationId): Promise<string | undefined> {
  const form = await unsent.polls.get(stream);
  return form === undefined ? undefined : textsIn(form).join('\n');
}

/**
 * Calls the listener now and whenever any tab changes the poll of the chat, with undefined if there is none. Returns a function that
 * removes the listener.
 */
export function onKeptPoll(
  { unsent }: Files,
  stream: ConversationId,
  listener: (form: PollForm | undefined) => void,
): () => void {
  // If the device cannot read it, the app says so elsewhere.
  return liveQuery(() => unsent.polls.get(stream)).subscribe(listener, () => undefined).unsubscribe;
}

/** Removes a poll that was sent or discarded. */
export async function endPoll({ unsent }: Files, stream: ConversationId): Promise<void> {
  await unsent.polls.delete(stream);
}
