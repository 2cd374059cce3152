import type { MembershipRecord } from '#protocol/record.ts';

/** The draft of this device, or if there is none, the one that the person's other devices share. [RC4] */
export function shownDraft(here: string | undefined, membership: MembershipRecord | undefined): string {
  return here ?? membership?.draft ?? '';
}
