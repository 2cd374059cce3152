import { useCallback, useMemo, useState } from 'react';
import { createTimeline, type TimelineItem } from '#app/shown/timeline.ts';
import { hiddenIn, withoutBlocked } from '#app/shown/withheld.ts';
import type { Client } from '#app/sync/client.ts';
import { useNow } from '#app/ui/use-now.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { ConversationRows } from './use-conversation-rows.ts';
import type { MessagePage } from './use-messages.ts';
import type { Names } from './use-names.ts';
import { useNewMessages } from './use-new-messages.ts';
import { useUnreadFetched } from './use-unread-fetched.ts';

/** The parts of an open chat on which its timeline depends. */
export interface ChatOnScreen {
  client: Client;
  stream: ConversationId;
  rows: ConversationRows;
  page: MessagePage;
  /** The messages on the device, including those of blocked people. */
  messages: readonly MessageRecord[];
  names: Names;
}

export interface Timeline {
  items: TimelineItem[];
  /** Messages of blocked people that somebody has opened. */
  opened: ReadonlySet<OpId>;
  openWithheld: (id: OpId) => void;
  newCount: number;
  /** The first unread message is not here yet. */
  isSeeking: boolean;
  /** When today started. */
  today: number;
  /** Whether the newest message is in view, as the list reports it. */
  isAtEnd: boolean;
  onAtEnd: (isAtEnd: boolean) => void;
}

/** What an open chat shows: its messages without those of blocked people, the outbox, and where the new messages start. */
export function useTimeline({ client, stream, rows, page, names, messages: held }: ChatOnScreen): Timeline {
  const { userId: self } = client;
  const { row, memberRecords, outbox: pending, blocked } = rows;
  const { opening, showFrom } = page;
  const [isAtEnd, onAtEnd] = useState(true);
  const [opened, setOpened] = useState<ReadonlySet<OpId>>(new Set());
  const messages = useMemo(() => withoutBlocked(held, stream, blocked, opened), [held, stream, blocked, opened]);
  const hidden = useMemo(() => hiddenIn(held, messages), [held, messages]);
  const openWithheld = useCallback((id: OpId) => setOpened((before) => new Set([...before, id])), []);
  const sending = pending.findLast(({ op }) => op.kind === 'message.send')?.id;
  const { nameOf } = names;
  const { newFrom, newCount } = useNewMessages({ row, messages, opening, sending, self, isAtEnd, nameOf });
  const today = new Date(useNow()).setHours(0, 0, 0, 0);
  const isSeeking = useUnreadFetched({ client, stream, opening, row, messages, showFrom });
  // The line is not drawn above a message that is not the first unread one.
  const drawnFrom = isSeeking ? undefined : newFrom;
  const [timeline] = useState(createTimeline);
  const items = useMemo(
    () =>
      timeline({
        self,
        messages,
        outbox: pending,
        members: memberRecords,
        pins: row?.record?.pins ?? [],
        newFrom: drawnFrom,
        hidden,
      }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- where days start depends on the time zone, which may change
    [timeline, self, messages, pending, memberRecords, row, drawnFrom, hidden, today],
  );
  return { items, opened, openWithheld, newCount, isSeeking, today, isAtEnd, onAtEnd };
}
