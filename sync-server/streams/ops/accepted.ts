import type { MemberRecord } from '#protocol/record.ts';
import type { Draft } from '#server/streams/decision.ts';
import type { Held } from '#server/streams/entry.ts';
import { unrevised } from './unrevised.ts';

/** A member for whom the chat is no longer a request. Others see no change in the record except its rev. [RQ3] */
export function accepted(member: Held<MemberRecord>): Draft {
  const { isRequest: _, ...hidden } = member.hidden;
  return { record: unrevised(member.record), replaces: member, hidden, roster: { accepts: true } };
}
