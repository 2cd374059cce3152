import { type Decision, refuse } from '#server/streams/decision.ts';

/** Also the answer to everybody who is not a member, who must not learn whether the conversation exists. [RA1] */
export function noSuchConversation(): Decision {
  return refuse('not_found', 'no such conversation', 'stream');
}
