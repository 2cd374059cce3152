import type { Op, OpKind, OpOf } from '#protocol/op.ts';
import { conversationRules } from './conversations.ts';
import { memberRules } from './members.ts';
import { messageRules } from './messages.ts';
import { ownRules } from './own.ts';
import { pollRules } from './polls.ts';
import { reportRules } from './reports.ts';
import type { OpRules } from './rules.ts';
import { scheduledRules } from './scheduled.ts';

/*
 * A new kind of op touches three files; once the first is changed, the compiler asks for the other two, and for the tests' examples:
 *
 * 1. `protocol/op.ts`: its schema, and its line in `ops`.
 * 2. `app/ops/<family>.ts`: the function that makes it, and its rules. A new family also has a line below.
 * 3. `sync-server/streams/ops/<family>.ts`: how it is decided. A new family also has a line in `rules.ts` beside it.
 *
 * Examples: `protocol/shape.test.ts`, `tests/hostile/shapes.test.ts`, `tests/hostile/strangers.test.ts`. The rule goes into
 * `docs/protocol.md`, and the hash of everything that travels into `protocol/version.test.ts`. The code that queues, sends,
 * settles, retries and shows ops asks the rules and does not change; a view calls the function that makes the op.
 */
const rules: { [K in OpKind]: OpRules<OpOf<K>> } = {
  ...messageRules,
  ...conversationRules,
  ...memberRules,
  ...ownRules,
  ...pollRules,
  ...reportRules,
  ...scheduledRules,
};

/** The rules of this op's kind. To be called with this op only. */
export function rulesOf(op: Op): OpRules<Op> {
  return rules[op.kind];
}
