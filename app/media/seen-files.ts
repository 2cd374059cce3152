import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { OpenedFile } from './opened-file.ts';

/** The pictures and films of these messages, in their order, for looking through them in full screen. */
export function seenFiles(stream: ConversationId, messages: readonly MessageRecord[]): OpenedFile[] {
  return messages.flatMap(({ id, seq, attachments, deletedAt }) =>
    deletedAt !== undefined
      ? []
      : attachments
          .filter(({ kind }) => kind === 'image' || kind === 'video')
          .map((file) => ({ file, stream, messageId: id, seq })),
  );
}

/** The position of a file among these; -1 while they are read. Forwarding puts the same file into several messages. */
export function placeIn(files: readonly OpenedFile[], { file, messageId }: OpenedFile): number {
  return files.findIndex((each) => each.file.mediaId === file.mediaId && each.messageId === messageId);
}
