import type { ConversationId, OpId } from '#protocol/ids.ts';

/** Messages that are to be forwarded, in their order, and the conversation that they are in. */
export interface ForwardedMessages {
  stream: ConversationId;
  messageIds: readonly OpId[];
}
