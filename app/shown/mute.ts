import type { MembershipRecord } from '#protocol/record.ts';

export function isMuted(membership: Pick<MembershipRecord, 'mutedUntil'> | undefined, now: Date): boolean {
  return membership?.mutedUntil !== undefined && Date.parse(membership.mutedUntil) > now.getTime();
}
