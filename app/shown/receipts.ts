import type { UserId } from '#protocol/ids.ts';
import { SHARED_RECEIPT_MEMBERS } from '#protocol/limits.ts';
import type { MemberRecord, MessageRecord } from '#protocol/record.ts';

/** The other members, by whether they have read or received a message, as far as their marks tell. */
export interface Receipts {
  read: UserId[];
  delivered: UserId[];
  neither: UserId[];
}

/** Undefined if no marks are shared: in notes to oneself, and among more than 50 people. [RD2] [RD3] */
export function receiptsOf(
  { seq }: Pick<MessageRecord, 'seq'>,
  members: readonly Pick<MemberRecord, 'userId' | 'leftAt' | 'readSeq' | 'deliveredSeq'>[],
  self: UserId,
): Receipts | undefined {
  const present = members.filter(({ leftAt }) => leftAt === undefined);
  const others = present.filter(({ userId }) => userId !== self);
  if (others.length === 0 || present.length > SHARED_RECEIPT_MEMBERS) return undefined;
  const receipts: Receipts = { read: [], delivered: [], neither: [] };
  for (const { userId, readSeq = 0, deliveredSeq = 0 } of others) {
    const list = readSeq >= seq ? 'read' : deliveredSeq >= seq ? 'delivered' : 'neither';
    receipts[list].push(userId);
  }
  return receipts;
}
