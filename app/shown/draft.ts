import type { OutboxRow } from '#app/local-store/local-store.ts';
import type { MembershipRecord } from '#protocol/record.ts';

/** A person's draft as their other devices have it. */
export interface SharedDraft {
  text: string;
  /** The rev of the membership that contains it. */
  rev: number;
  /** A change of it is queued on this device. */
  isWaiting: boolean;
}

/** `membership`: with the queued changes. */
export function sharedDraft(membership: MembershipRecord | undefined, outbox: readonly OutboxRow[]): SharedDraft {
  return {
    text: membership?.draft ?? '',
    rev: membership?.rev ?? 0,
    isWaiting: outbox.some(
      ({ op, state }) => state !== 'failed' && op.kind === 'membership.update' && op.draft !== undefined,
    ),
  };
}

/** The draft typed on this device, or else the one from another device. [RC4] */
export function shownDraft(typedHere: string | undefined, membership: MembershipRecord | undefined): string {
  return typedHere === undefined || typedHere === '' ? (membership?.draft ?? '') : typedHere;
}
