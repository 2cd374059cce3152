import type { ConversationId, OpId } from '#protocol/ids.ts';

/** The message that carries a file. */
export interface FilePlace {
  stream: ConversationId;
  messageId: OpId;
  /** Absent until the server has accepted the message. */
  seq?: number | undefined;
}
