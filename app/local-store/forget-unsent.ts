import type { ConversationId } from '#protocol/ids.ts';
import type { Files } from './files.ts';
import { endPoll } from './unsent-polls.ts';
import { endRecording } from './unsent-recordings.ts';
import { endReply } from './unsent-replies.ts';
import { endSheet } from './unsent-sheets.ts';

/** Whether files or a recording have not been sent, in one chat or in any. */
export async function hasUnsentFiles({ unsent }: Files, stream?: ConversationId): Promise<boolean> {
  const counts = await Promise.all(
    [unsent.picked, unsent.recordings].map((table) =>
      stream === undefined ? table.count() : table.where('stream').equals(stream).count(),
    ),
  );
  return counts.some((count) => count > 0);
}

/** Removes what was picked, recorded, asked or quoted in a chat and has not been sent, because the chat is removed from the device. */
export async function forgetUnsent(files: Files, stream: ConversationId): Promise<void> {
  await Promise.all([endSheet, endRecording, endPoll, endReply].map((end) => end(files, stream)));
}
