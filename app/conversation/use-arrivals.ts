import { useEffect, useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import type { UserId } from '#protocol/ids.ts';
import { countsAsUnread, type MessageRecord } from '#protocol/record.ts';

/** More unread than this open at the end: drawing them all first would cost more than the way up. */
const SHOWN_AT_ONCE = 300;
/** What comes within this time is told as one number. */
const GATHERED_MS = 300;

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
  const [seen, setSeen] = useState<{ lastSeq: number; newFrom: number | undefined }>();
  const told = useRef<number>(undefined);
  /** Whose messages came and are still to be told, one name each. */
  const untold = useRef<string[]>([]);
  const telling = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readSeq = row?.membership?.readSeq;
  const unread = row?.unread ?? 0;
  const lastSeq = messages?.at(-1)?.seq ?? 0;
  const newFrom = seen?.newFrom;

  // The line stands where it belongs in the drawing that shows the messages, not in the one after.
  if (messages !== undefined && row !== undefined) {
    if (seen === undefined) {
      setSeen({ lastSeq, newFrom: unread === 0 || readSeq === undefined ? undefined : readSeq + 1 });
    } else if (lastSeq > seen.lastSeq) {
      const isUnwatched = !isAtEnd || document.visibilityState !== 'visible';
      const first = isUnwatched ? cameAfter(messages, seen.lastSeq, self)[0]?.seq : undefined;
      setSeen({ lastSeq, newFrom: newFrom ?? first });
    }
  }

  useEffect(() => {
    if (messages === undefined || row === undefined) return;
    const before = told.current;
    told.current = Math.max(lastSeq, before ?? 0);
    if (before === undefined) {
      if (unread > 0 && unread <= SHOWN_AT_ONCE && readSeq !== undefined) showFrom(Math.max(1, readSeq - 10));
      return;
    }
    const came = cameAfter(messages, before, self);
    if (came.length === 0) return;
    untold.current.push(...came.map((message) => nameOf(message.senderId)));
    telling.current ??= setTimeout(() => {
      const names = untold.current.splice(0);
      telling.current = undefined;
      announce(words('chat.newFrom', { count: names.length, name: [...new Set(names)].join(', ') }));
    }, GATHERED_MS);
  }, [messages, row, self, lastSeq, unread, readSeq, showFrom, nameOf, announce, words]);
  useEffect(() => () => clearTimeout(telling.current), []);

  const newCount = newFrom === undefined ? 0 : cameAfter(messages ?? [], newFrom - 1, self).length;
  return { newFrom, newCount };
}

function cameAfter(messages: readonly MessageRecord[], seq: number, self: UserId): MessageRecord[] {
  return messages.filter((message) => message.seq > seq && countsAsUnread(message, self));
}
