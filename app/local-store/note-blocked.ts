import { directPeer, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MembershipRecord } from '#protocol/record.ts';
import { blockedPeople } from './blocked.ts';
import type { Rows } from './rows.ts';
import { recount, showBlocked } from './show-blocked.ts';

/* Updates who is blocked by the server's records. Separate from what the person does here, because the first screens don't need it. */

/** To be called with each membership of a direct chat that is new. */
export async function noteBlocked(
  rows: Rows,
  self: UserId,
  { conversation, blockedAt }: MembershipRecord,
): Promise<void> {
  const isShown = (await blockedPeople(rows)).includes(directPeer(conversation, self));
  if (isShown === (blockedAt !== undefined) || (await isQueued(rows, conversation))) return;
  await showBlocked(rows, self, conversation, blockedAt !== undefined);
}

/**
 * A queued choice has been answered. A membership that arrived while it waited was not shown, although another device may have
 * chosen since. Without such a membership, an accepted choice is shown until one arrives.
 */
export async function settleBlocked(
  rows: Rows,
  self: UserId,
  chat: ConversationId,
  isAccepted: boolean,
): Promise<void> {
  if (await isQueued(rows, chat)) return;
  const membership = (await rows.conversations.get(chat))?.membership;
  if (membership === undefined && isAccepted) return;
  await showBlocked(rows, self, chat, membership?.blockedAt !== undefined);
}

/** The memberships were dropped, and will arrive again. */
export async function forgetBlocked(rows: Rows, self: UserId): Promise<void> {
  await rows.facts.delete('blocked');
  await recount(rows, self);
  for (const { op } of await rows.outboxOf())
    if (op.kind === 'membership.update' && op.blocked !== undefined)
      await showBlocked(rows, self, op.stream, op.blocked === true);
}

async function isQueued(rows: Rows, chat: ConversationId): Promise<boolean> {
  const waiting = await rows.outboxOf(chat);
  return waiting.some(
    ({ op, state }) => op.kind === 'membership.update' && op.blocked !== undefined && state !== 'failed',
  );
}
