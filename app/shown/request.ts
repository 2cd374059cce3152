import type { MembershipRecord } from '#protocol/record.ts';

type Asked = Pick<MembershipRecord, 'isRequest' | 'blockedAt'> | undefined;

/** A stranger began the chat, and the person has not decided about it. Whoever is blocked asks nothing any more. [RQ4] */
export function isRequest(membership: Asked): boolean {
  return membership?.isRequest === true && membership.blockedAt === undefined;
}
