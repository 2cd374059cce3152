import type { ConversationId } from '#protocol/ids.ts';
import type { Files } from './files.ts';

/** What is known about a recording so far. */
export interface RecordingFacts {
  mime: string;
  durationMs: number;
  waveform: string;
}

/** Keeps the next piece of a recording on the device while it goes on, so that a reload or a crash loses little of it. */
export async function keepSound(
  { unsent }: Files,
  stream: ConversationId,
  content: Blob,
  facts: RecordingFacts,
): Promise<void> {
  await unsent.write(async () => {
    await unsent.sounds.add({ stream, content });
    await unsent.recordings.put({ stream, ...facts });
  });
}

/** The pieces of a recording in their order. Undefined if the chat has none. */
export async function keptRecording(
  { unsent }: Files,
  stream: ConversationId,
): Promise<(RecordingFacts & { pieces: Blob[] }) | undefined> {
  const row = await unsent.recordings.get(stream);
  if (row === undefined) return undefined;
  const sounds = await unsent.sounds.where('stream').equals(stream).toArray();
  const { mime, durationMs, waveform } = row;
  return { mime, durationMs, waveform, pieces: sounds.map(({ content }) => content) };
}

/** It was sent or discarded. */
export async function endRecording({ unsent }: Files, stream: ConversationId): Promise<void> {
  await unsent.write(async () => {
    await unsent.recordings.delete(stream);
    await unsent.sounds.where('stream').equals(stream).delete();
  });
}
