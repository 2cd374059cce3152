import type { MembershipRecord } from '#protocol/record.ts';

type Asked = Pick<MembershipRecord, 'isRequest' | 'blockedAt'> | undefined;

/** Whether a stranger started the chat and the person has not decided about it. A chat of a blocked person is not a request. [RQ4] */
export function isRequest(membership: Asked): boolean {
  return membership?.isRequest === true && membership.blockedAt === undefined;
}
