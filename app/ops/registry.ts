import type { Op, OpKind, OpOf } from '#protocol/op.ts';
import { conversationRules } from './conversations.ts';
import { memberRules } from './members.ts';
import { messageRules } from './messages.ts';
import { ownRules } from './own.ts';
import type { OpRules } from './rules.ts';

/*
 * A new kind of op touches three files, and the compiler names the second and the third once the first is done:
 *
 * 1. `protocol/op.ts`: its schema, and its line in `ops`; then `docs/protocol.md` and the hash in `protocol/version.test.ts`.
 * 2. `app/ops/<family>.ts`: the function that makes it, and its rules. A new family also has its line here.
 * 3. `sync-server/streams/ops/<family>.ts`: what it does to the stream.
 *
 * Whatever queues, sends, settles, shows or retries ops asks the rules and needs no change.
 */
const rules: { [K in OpKind]: OpRules<OpOf<K>> } = {
  ...messageRules,
  ...conversationRules,
  ...memberRules,
  ...ownRules,
};

/** The rules of this op's kind. To be called with this op only. */
export function rulesOf(op: Op): OpRules<Op> {
  return rules[op.kind];
}
