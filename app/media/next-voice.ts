import type { Attachment, MessageRecord } from '#protocol/record.ts';

/** The first voice message among these messages, which follow the one that has ended, so that people can listen to them in a row. */
export function nextVoice(
  messages: readonly MessageRecord[],
): { message: MessageRecord; file: Attachment } | undefined {
  for (const message of messages) {
    const file = message.attachments.find(({ kind }) => kind === 'voice');
    if (message.deletedAt === undefined && file !== undefined) return { message, file };
  }
  return undefined;
}
