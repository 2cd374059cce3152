import { mayRead } from '#protocol/policies.ts';
import type { MemberRecord, MessageRecord } from '#protocol/record.ts';
import { type Decision, type Scene, refuse } from '#server/streams/decision.ts';
import type { Held } from '#server/streams/entry.ts';
import type { MaybePromise } from '#server/streams/stream-state.ts';
import { noSuchConversation } from './no-such-conversation.ts';

const noSuchMessage = () => refuse('not_found', 'no such message', 'messageId');

/** Decides about a message of this stream that the caller may read. [AP10] [OP7] */
export async function target(
  messageId: MessageRecord['id'],
  scene: Scene,
  then: (message: Held<MessageRecord>, member: Held<MemberRecord>) => MaybePromise<Decision>,
): Promise<Decision> {
  const member = scene.state.presentMember(scene.caller);
  if (member === undefined) return noSuchConversation();
  const message = await scene.state.message(messageId);
  if (message === undefined || !mayRead(member.hidden.fromSeq ?? 1, message.record.seq)) return noSuchMessage();
  if (message.record.withheld === true && message.record.senderId !== scene.caller) return noSuchMessage();
  if (message.record.event !== undefined) return refuse('forbidden', 'a system message cannot be changed', 'messageId');
  return then(message, member);
}

export const wasDeleted = () => refuse('conflict', 'the message was deleted', 'messageId');
