import { type Decision, refuse } from '#server/streams/decision.ts';

/** Also the answer to everybody who is not a member: whether the conversation exists is not theirs to know. [RA1] */
export function noSuchConversation(): Decision {
  return refuse('not_found', 'no such conversation', 'stream');
}
