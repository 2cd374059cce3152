import { useEffect, useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import type { UserId } from '#protocol/ids.ts';
import { countsAsUnread, type MessageRecord } from '#protocol/record.ts';

/** With more unread messages than this, the conversation opens at the end, because rendering them all would take too long. */
const MAX_SHOWN_AT_ONCE = 300;
/** This many messages before the first unread one are loaded with it, as its context. */
const CONTEXT = 10;
/** Messages that arrive within this time are announced together. */
const COALESCED_MS = 300;

interface NewMessagesOptions {
  row: ConversationRow | undefined;
  messages: readonly MessageRecord[];
  self: UserId;
  isAtEnd: boolean;
  showFrom: (seq: number) => void;
  nameOf: (userId: string) => string;
}

/**
 * The seq at the line of new messages, and their number. The line is at the first unread message when the conversation is
 * opened, or at the first one that arrives while the end is not in view, and stays until the conversation is left. Messages
 * that arrive are announced in one sentence; history never is. [A2] [A3] [C8]
 */
export function useNewMessages({ row, messages, self, isAtEnd, showFrom, nameOf }: NewMessagesOptions) {
  const words = useWords();
  const announce = useAnnounce();
  const [line, setLine] = useState<{ lastSeq: number; newFrom: number | undefined }>();
  const announcedSeq = useRef<number>(undefined);
  /** The sender of each message that has arrived and has not been announced yet. */
  const unannounced = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readSeq = row?.membership?.readSeq;
  const unread = row?.unread ?? 0;
  const lastSeq = messages.at(-1)?.seq ?? 0;
  const newFrom = line?.newFrom;

  // Set while rendering, so that the line appears together with the messages and not one render later.
  if (row !== undefined) {
    if (line === undefined) {
      setLine({ lastSeq, newFrom: unread === 0 || readSeq === undefined ? undefined : readSeq + 1 });
    } else if (lastSeq > line.lastSeq) {
      const isUnwatched = !isAtEnd || document.visibilityState !== 'visible';
      const first = isUnwatched ? arrivedAfter(messages, line.lastSeq, self)[0]?.seq : undefined;
      setLine({ lastSeq, newFrom: newFrom ?? first });
    }
  }

  useEffect(() => {
    if (row === undefined) return;
    const before = announcedSeq.current;
    announcedSeq.current = Math.max(lastSeq, before ?? 0);
    if (before === undefined) {
      if (unread > 0 && unread <= MAX_SHOWN_AT_ONCE && readSeq !== undefined) showFrom(Math.max(1, readSeq - CONTEXT));
      return;
    }
    const arrived = arrivedAfter(messages, before, self);
    if (arrived.length === 0) return;
    unannounced.current.push(...arrived.map((message) => nameOf(message.senderId)));
    timer.current ??= setTimeout(() => {
      const names = unannounced.current.splice(0);
      timer.current = undefined;
      announce(words('chat.newFrom', { count: names.length, name: [...new Set(names)].join(', ') }));
    }, COALESCED_MS);
  }, [messages, row, self, lastSeq, unread, readSeq, showFrom, nameOf, announce, words]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const newCount = newFrom === undefined ? 0 : arrivedAfter(messages, newFrom - 1, self).length;
  return { newFrom, newCount };
}

function arrivedAfter(messages: readonly MessageRecord[], seq: number, self: UserId): MessageRecord[] {
  return messages.filter((message) => message.seq > seq && countsAsUnread(message, self));
}
