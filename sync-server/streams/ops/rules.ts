import type { OpKind } from '#protocol/op.ts';
import type { OpRule } from '#server/streams/decision.ts';
import { conversationRules } from './conversations.ts';
import { joinRules } from './join.ts';
import { memberRules } from './members.ts';
import { messageRules } from './messages.ts';
import { ownRules } from './own.ts';
import { pollRules } from './polls.ts';
import { reportRules } from './reports.ts';
import { scheduledRules } from './scheduled.ts';

/** How each kind of op is decided. A new family of ops is added here and nowhere else on the server. */
export const rules: { [K in OpKind]: OpRule<K> } = {
  ...conversationRules,
  ...joinRules,
  ...memberRules,
  ...messageRules,
  ...ownRules,
  ...pollRules,
  ...reportRules,
  ...scheduledRules,
};
