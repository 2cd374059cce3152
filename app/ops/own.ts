import { directStream, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { Notify, Preview } from '#protocol/record.ts';
import { changedField } from './fields.ts';
import type { NewOp, OpRules } from './rules.ts';

/*
 * Marks and choices on a person's own stream, which nobody else sees. [RC4]
 */

/** Muted until the person unmutes: the last time that the protocol can express. */
export const FOREVER = '9999-12-31T23:59:59.999Z';

export type MuteFor = 'hour' | 'eight-hours' | 'forever';

const HOUR_MS = 3_600_000;

export function markRead(stream: ConversationId, readSeq: number): NewOp<OpOf<'receipt.mark'>> {
  return { stream, kind: 'receipt.mark', readSeq };
}

export function markDelivered(stream: ConversationId, deliveredSeq: number): NewOp<OpOf<'receipt.mark'>> {
  return { stream, kind: 'receipt.mark', deliveredSeq };
}

/** Blocks or unblocks a person. [BL1] */
export function blockPerson(self: UserId, userId: UserId, on: boolean): NewOp<OpOf<'membership.update'>> {
  return { stream: directStream(self, userId), kind: 'membership.update', blocked: on };
}

/** An absent field stays as it is; `null` and `false` clear it. [OP16] */
export function updateMembership(
  stream: ConversationId,
  change: {
    mutedUntil?: string | null;
    pinned?: boolean;
    archived?: boolean;
    archivedSeq?: number;
    unread?: boolean;
    notify?: Notify | null;
    preview?: Preview | null;
    /** Accepts a request. [RQ3] */
    request?: false;
    draft?: string | null;
  },
): NewOp<OpOf<'membership.update'>> {
  return { stream, kind: 'membership.update', ...change };
}

export function mutedUntil(choice: MuteFor, now: Date): string {
  if (choice === 'forever') return FOREVER;
  return new Date(now.getTime() + (choice === 'hour' ? 1 : 8) * HOUR_MS).toISOString();
}

/** The read mark is shown at once too, but not by an overlay, because unread counts depend on it and are stored with it. [RD4] */
const mark: OpRules<OpOf<'receipt.mark'>> = {
  answeredIn: 'personal',
  // Marks only move forward. [RD1]
  merged(earlier, later) {
    const readSeq = Math.max(earlier.readSeq ?? 0, later.readSeq ?? 0);
    const deliveredSeq = Math.max(earlier.deliveredSeq ?? 0, later.deliveredSeq ?? 0);
    return { ...later, ...(readSeq > 0 ? { readSeq } : {}), ...(deliveredSeq > 0 ? { deliveredSeq } : {}) };
  },
  failure: () => 'quiet',
};

const update: OpRules<OpOf<'membership.update'>> = {
  answeredIn: 'personal',
  overMembership(membership, op, { at }) {
    const { mutedUntil: muted, pinnedAt, archivedAt, archivedSeq: heldSeq, unreadAt, ...others } = membership;
    const { notify, preview, blockedAt, draft, ...rest } = others;
    const archivedSeq = op.archived === undefined ? heldSeq : op.archived === true ? op.archivedSeq : undefined;
    const since = (on: boolean | null | undefined, held: string | undefined) =>
      on === undefined ? undefined : on === true ? (held ?? at) : null;
    return {
      ...rest,
      ...changedField('mutedUntil', op.mutedUntil, muted),
      ...changedField('pinnedAt', since(op.pinned, pinnedAt), pinnedAt),
      ...changedField('archivedAt', since(op.archived, archivedAt), archivedAt),
      ...(archivedSeq === undefined ? {} : { archivedSeq }),
      ...changedField('unreadAt', since(op.unread, unreadAt), unreadAt),
      ...changedField('notify', op.notify, notify),
      ...changedField('preview', op.preview, preview),
      ...changedField('blockedAt', since(op.blocked, blockedAt), blockedAt),
      ...(op.request === undefined ? {} : { isRequest: false }),
      ...changedField('draft', op.draft, draft),
    };
  },
  merged: (earlier, later) => (saysOnlyDraft(earlier) && saysOnlyDraft(later) ? later : undefined),
  failure: (op) => (saysOnlyDraft(op) ? 'quiet' : { at: 'conversation', sentence: 'failed.change' }),
};

const draftFields = new Set(['id', 'stream', 'kind', 'retry', 'draft']);

/** True for the copy of a draft that is made for the person's other devices. */
function saysOnlyDraft(op: OpOf<'membership.update'>): boolean {
  return op.draft !== undefined && Object.keys(op).every((key) => draftFields.has(key));
}

export const ownRules = { 'receipt.mark': mark, 'membership.update': update };
