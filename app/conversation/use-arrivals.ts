import { useEffect, useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import type { UserId } from '#protocol/ids.ts';
import { countsAsUnread, type MessageRecord } from '#protocol/record.ts';

/** More unread than this open at the end: drawing them all first would cost more than the way up. */
const SHOWN_AT_ONCE = 300;

interface Arrivals {
  row: ConversationRow | undefined;
  messages: readonly MessageRecord[] | undefined;
  self: UserId;
  isAtEnd: boolean;
  showFrom: (seq: number) => void;
  nameOf: (userId: string) => string;
}

/**
 * Where the line of new messages stands: at the first unread one when the chat was opened, or at the first that came while
 * nobody looked. It stays until one leaves the chat. New ones are announced in one sentence; history never is. [A2] [A3] [C8]
 */
export function useArrivals({ row, messages, self, isAtEnd, showFrom, nameOf }: Arrivals) {
  const words = useWords();
  const announce = useAnnounce();
  const [newFrom, setNewFrom] = useState<number>();
  const lastSeen = useRef<number>(undefined);
  const readSeq = row?.membership?.readSeq;
  const unread = row?.unread ?? 0;

  useEffect(() => {
    if (messages === undefined || row === undefined) return;
    const last = messages.at(-1)?.seq ?? 0;
    if (lastSeen.current === undefined) {
      lastSeen.current = last;
      if (unread === 0 || readSeq === undefined) return;
      setNewFrom(readSeq + 1);
      if (unread <= SHOWN_AT_ONCE) showFrom(Math.max(1, readSeq - 10));
      return;
    }
    const came = messages.filter((message) => message.seq > (lastSeen.current ?? 0) && countsAsUnread(message, self));
    lastSeen.current = Math.max(last, lastSeen.current);
    const first = came[0];
    if (first === undefined) return;
    if (!isAtEnd || document.visibilityState !== 'visible') setNewFrom((present) => present ?? first.seq);
    const names = [...new Set(came.map((message) => nameOf(message.senderId)))].join(', ');
    announce(words('chat.newFrom', { count: came.length, name: names }));
  }, [messages, row, self, unread, readSeq, isAtEnd, showFrom, nameOf, announce, words]);

  const newCount =
    newFrom === undefined
      ? 0
      : (messages ?? []).filter((message) => message.seq >= newFrom && countsAsUnread(message, self)).length;
  return { newFrom, newCount };
}
