import type { UserId } from '#protocol/ids.ts';
import type { KnownRecord, MessageRecord } from '#protocol/record.ts';

/** Whether it looks different to different readers. [PO3] */
export function isAnonymousPoll(record: KnownRecord): boolean {
  return record.type === 'message' && record.poll?.isAnonymous === true;
}

/**
 * A message as this person may see it: an anonymous poll has the number of votes for each option, and names nobody but this
 * person. [PO3]
 */
export function pollFor(message: MessageRecord, reader: UserId): MessageRecord {
  const { poll } = message;
  if (poll?.isAnonymous !== true) return message;
  const counts = poll.options.map(() => 0);
  const all = Object.values(poll.votes);
  for (const option of all.flat()) counts[option] = (counts[option] ?? 0) + 1;
  const own = Object.hasOwn(poll.votes, reader) ? poll.votes[reader] : undefined;
  const votes = own === undefined ? {} : { [reader]: own };
  return { ...message, poll: { ...poll, votes, counts, voters: all.length } };
}
