import type { ConversationId, OpId } from '#protocol/ids.ts';

/** A message that is to be forwarded, and the conversation that it is in. */
export interface ForwardedMessage {
  stream: ConversationId;
  messageId: OpId;
}
