import type { UserId } from '#protocol/ids.ts';
import { SHARED_RECEIPT_MEMBERS } from '#protocol/limits.ts';
import type { MemberRecord, MessageRecord } from '#protocol/record.ts';

export type Delivery = 'sent' | 'delivered' | 'read';

/**
 * How far the person's own message has come, by the marks of everybody else who is still a member. In a conversation that shares no
 * marks it stays `sent`, which is all that is known. [RD2] [RD3]
 */
export function deliveryOf(
  message: Pick<MessageRecord, 'seq'>,
  members: readonly Pick<MemberRecord, 'userId' | 'leftAt' | 'readSeq' | 'deliveredSeq'>[],
  self: UserId,
): Delivery {
  const present = members.filter((member) => member.leftAt === undefined);
  const others = present.filter((member) => member.userId !== self);
  if (others.length === 0 || present.length > SHARED_RECEIPT_MEMBERS) return 'sent';
  const isReadBy = (member: (typeof others)[number]) => (member.readSeq ?? 0) >= message.seq;
  if (others.every(isReadBy)) return 'read';
  if (others.every((member) => isReadBy(member) || (member.deliveredSeq ?? 0) >= message.seq)) return 'delivered';
  return 'sent';
}
