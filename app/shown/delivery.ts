import type { UserId } from '#protocol/ids.ts';
import { SHARED_RECEIPT_MEMBERS } from '#protocol/limits.ts';
import type { MemberRecord, MessageRecord } from '#protocol/record.ts';

export type Delivery = 'sent' | 'delivered' | 'read';

type Marks = Pick<MemberRecord, 'userId' | 'leftAt' | 'readSeq' | 'deliveredSeq'>;

/**
 * The delivery state of the person's own messages, by the marks of everybody else who is still a member. In a conversation that
 * shares no marks they stay `sent`, because no more is known. [RD2] [RD3]
 */
export function deliveryBy(members: readonly Marks[], self: UserId): (message: Pick<MessageRecord, 'seq'>) => Delivery {
  const present = members.filter((member) => member.leftAt === undefined);
  const others = present.filter((member) => member.userId !== self);
  if (others.length === 0 || present.length > SHARED_RECEIPT_MEMBERS) return () => 'sent';
  const read = Math.min(...others.map(({ readSeq = 0 }) => readSeq));
  const delivered = Math.min(...others.map(({ readSeq = 0, deliveredSeq = 0 }) => Math.max(readSeq, deliveredSeq)));
  return ({ seq }) => (seq <= read ? 'read' : seq <= delivered ? 'delivered' : 'sent');
}

/** The same for one message. */
export function deliveryOf(message: Pick<MessageRecord, 'seq'>, members: readonly Marks[], self: UserId): Delivery {
  return deliveryBy(members, self)(message);
}
