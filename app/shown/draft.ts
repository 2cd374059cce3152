import type { OutboxRow } from '#app/local-store/local-store.ts';
import type { MembershipRecord } from '#protocol/record.ts';

/** A person's draft as their other devices have it. */
export interface SharedDraft {
  text: string;
  /** Of the membership that holds it. */
  rev: number;
  /** A change of it is queued here. */
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

/** What was typed on this device, else what another device left. [RC4] */
export function shownDraft(typedHere: string | undefined, membership: MembershipRecord | undefined): string {
  return typedHere === undefined || typedHere === '' ? (membership?.draft ?? '') : typedHere;
}
