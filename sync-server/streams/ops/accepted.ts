import type { MemberRecord } from '#protocol/record.ts';
import type { Draft } from '#server/streams/decision.ts';
import type { Held } from '#server/streams/entry.ts';
import { unrevised } from './unrevised.ts';

/** A member for whom the chat is a request no more. Others see no change of the record but its rev. [RQ3] */
export function accepted(member: Held<MemberRecord>): Draft {
  const { isRequest: _, ...hidden } = member.hidden;
  return { record: unrevised(member.record), replaces: member, hidden, roster: { accepts: true } };
}
