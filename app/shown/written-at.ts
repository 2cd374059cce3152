import type { MessageRecord } from '#protocol/record.ts';

/** Longer than any op may wait: the server remembers ops for this long. [AP6] */
const WAITED_AT_MOST_MS = 30 * 24 * 3_600_000;

/**
 * When a message was written, which is the time shown everywhere: the time by its sender's clock if that is plausible. If it is
 * later than the server received the message, or a month earlier, the server's time is shown.
 */
export function writtenAt({ sentAt, createdAt }: Pick<MessageRecord, 'sentAt' | 'createdAt'>): Date {
  const [written, received] = [Date.parse(sentAt), Date.parse(createdAt)];
  const isPlausible = written <= received && received - written <= WAITED_AT_MOST_MS;
  return new Date(isPlausible ? written : received);
}
