import type { ConversationId } from '#protocol/ids.ts';
import type { Files } from './files.ts';
import { endPoll } from './unsent-polls.ts';
import { endRecording } from './unsent-recordings.ts';
import { endReply } from './unsent-replies.ts';
import { endSheet } from './unsent-sheets.ts';

/** Removes what was picked, recorded, asked or quoted in a chat and has not been sent, because the chat is removed from the device. */
export async function forgetUnsent(files: Files, stream: ConversationId): Promise<void> {
  await Promise.all([endSheet, endRecording, endPoll, endReply].map((end) => end(files, stream)));
}
