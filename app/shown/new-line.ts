import type { UserId } from '#protocol/ids.ts';
import { countsAsUnread, type MessageRecord } from '#protocol/record.ts';

/** The line of new messages, and the newest message when it was last decided. */
export interface NewLine {
  lastSeq: number;
  /** The seq of the first message after the line; undefined without a line. */
  newFrom: number | undefined;
}

interface Arrival {
  self: UserId;
  readSeq: number;
  /** The end of the list is on the screen, and somebody looks at it. */
  isWatched: boolean;
}

/**
 * The line after messages have arrived. The person's own message ends it. Messages that arrive unseen start one at the first of
 * them, so a line whose messages were all seen moves down. [C8]
 */
export function lineAfter(line: NewLine, messages: readonly MessageRecord[], arrival: Arrival): NewLine {
  const { self, readSeq, isWatched } = arrival;
  const arrived = messages.filter(({ seq }) => seq > line.lastSeq);
  const own = arrived.findLast(({ senderId, event }) => senderId === self && event === undefined);
  const kept = own === undefined ? line.newFrom : undefined;
  const first = arrived.find((message) => message.seq > (own?.seq ?? 0) && countsAsUnread(message, self));
  const lastSeq = Math.max(line.lastSeq, messages.at(-1)?.seq ?? 0);
  if (isWatched || first === undefined) return { lastSeq, newFrom: kept };
  const isAllSeen = readSeq >= line.lastSeq;
  return { lastSeq, newFrom: kept === undefined || isAllSeen ? first.seq : Math.max(kept, readSeq + 1) };
}
