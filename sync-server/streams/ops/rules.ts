import type { OpKind } from '#protocol/op.ts';
import type { OpRule } from '#server/streams/decision.ts';
import { conversationRules } from './conversations.ts';
import { memberRules } from './members.ts';
import { messageRules } from './messages.ts';
import { ownRules } from './own.ts';

/** How each kind of op is decided. A new family of ops is added here and nowhere else on the server. */
export const rules: { [K in OpKind]: OpRule<K> } = {
  ...conversationRules,
  ...memberRules,
  ...messageRules,
  ...ownRules,
};
