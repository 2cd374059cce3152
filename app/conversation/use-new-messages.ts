import { useEffect, useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { lineAfter, type NewLine } from '#app/shown/new-line.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import type { OpId, UserId } from '#protocol/ids.ts';
import { countsAsUnread, type MessageRecord } from '#protocol/record.ts';
import { isAttended } from './attention.ts';
import { missesUnread, type Opening } from './opening.ts';

/** Messages that arrive within this time are announced together. */
const COALESCED_MS = 300;

interface NewMessagesOptions {
  row: ConversationRow | undefined;
  messages: readonly MessageRecord[];
  opening: Opening | undefined;
  /** The person's newest message that waits on this device. */
  sending: OpId | undefined;
  self: UserId;
  isAtEnd: boolean;
  nameOf: (userId: string) => string;
}

/**
 * The seq at the line of new messages, and their number. The line is at the first unread message when the conversation is opened,
 * and at the first unseen one afterwards; the person's own message ends it. Messages that arrive are announced in one sentence;
 * history never is. [A2] [A3] [C8]
 */
export function useNewMessages(options: NewMessagesOptions) {
  const { row, messages, opening, sending, self, isAtEnd } = options;
  const [line, setLine] = useState<NewLine & { sending: OpId | undefined }>();
  const lastSeq = messages.at(-1)?.seq ?? 0;
  useAnnouncedArrivals(options);

  // Set while rendering, so that the line appears together with the messages and not one render later.
  if (line === undefined) {
    if (opening !== undefined) setLine({ lastSeq, newFrom: opening.newFrom, sending });
  } else if (sending !== undefined && sending !== line.sending) {
    setLine({ ...line, newFrom: undefined, sending });
  } else if (row !== undefined && lastSeq > line.lastSeq && row.lastSeq >= lastSeq) {
    // The row and the messages come from two queries, so a row that does not know these messages may not have the newest read
    // mark either.
    const readSeq = row.membership?.readSeq ?? 0;
    setLine({ ...line, ...lineAfter(line, messages, { self, readSeq, isWatched: isAtEnd && isAttended() }) });
  }

  const newFrom = line?.newFrom;
  return { newFrom, newCount: newFrom === undefined ? 0 : countFrom(newFrom, row, messages, self) };
}

/** While some are missing, the number is the same upper bound as the unread count in the list. [RD4] */
function countFrom(
  newFrom: number,
  row: ConversationRow | undefined,
  messages: readonly MessageRecord[],
  self: UserId,
): number {
  if (row !== undefined && missesUnread({ newFrom }, row)) return row.lastSeq - newFrom + 1;
  return arrivedAfter(messages, newFrom - 1, self).length;
}

function useAnnouncedArrivals({ row, messages, opening, self, nameOf }: NewMessagesOptions): void {
  const words = useWords();
  const announce = useAnnounce();
  const announcedSeq = useRef<number>(undefined);
  /** The sender of each message that has arrived and has not been announced yet. */
  const unannounced = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Names may arrive after the messages.
  const latest = useRef({ nameOf, words });
  useEffect(() => {
    latest.current = { nameOf, words };
  });
  const lastSeq = messages.at(-1)?.seq ?? 0;
  const readSeq = row?.membership?.readSeq ?? 0;

  useEffect(() => {
    // Messages that are on the device when the conversation opens, or that the person has read elsewhere, are history.
    if (opening === undefined) return;
    const before = announcedSeq.current;
    announcedSeq.current = Math.max(lastSeq, before ?? 0);
    if (before === undefined) return;
    const arrived = arrivedAfter(messages, Math.max(before, readSeq), self);
    if (arrived.length === 0) return;
    unannounced.current.push(...arrived.map((message) => message.senderId));
    timer.current ??= setTimeout(() => {
      const senders = unannounced.current.splice(0);
      timer.current = undefined;
      const name = [...new Set(senders)].map(latest.current.nameOf).join(', ');
      announce(latest.current.words('chat.newFrom', { count: senders.length, name }));
    }, COALESCED_MS);
  }, [messages, opening, self, lastSeq, readSeq, announce]);
  useEffect(() => () => clearTimeout(timer.current), []);
}

function arrivedAfter(messages: readonly MessageRecord[], seq: number, self: UserId): MessageRecord[] {
  return messages.filter((message) => message.seq > seq && countsAsUnread(message, self));
}
