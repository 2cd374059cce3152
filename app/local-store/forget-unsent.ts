import type { ConversationId } from '#protocol/ids.ts';
import type { Files } from './files.ts';
import { endPoll } from './unsent-polls.ts';
import { endRecording } from './unsent-recordings.ts';
import { endReply } from './unsent-replies.ts';
import { endSheet } from './unsent-sheets.ts';

/** Whether files or a recording have not been sent in a chat. */
export async function hasUnsentFiles({ unsent }: Files, stream: ConversationId): Promise<boolean> {
  const [picked, recordings] = await Promise.all(
    [unsent.picked, unsent.recordings].map((table) => table.where('stream').equals(stream).count()),
  );
  return (picked ?? 0) + (recordings ?? 0) > 0;
}

/** Removes what was picked, recorded, asked or quoted in a chat and has not been sent, because the chat is removed from the device. */
export async function forgetUnsent(files: Files, stream: ConversationId): Promise<void> {
  await Promise.all([endSheet, endRecording, endPoll, endReply].map((end) => end(files, stream)));
}
