import { useEffect } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { missesUnread, type Opening } from './opening.ts';
import type { History } from './use-messages.ts';

interface UnreadFetchedOptions {
  opening: Opening | undefined;
  row: ConversationRow | undefined;
  messages: readonly MessageRecord[];
  history: History;
  loadEarlier: () => Promise<void>;
}

/** Fetches the unread messages that are not on the device, back to the first one. True while it does. [C8] */
export function useUnreadFetched({ opening, row, messages, history, loadEarlier }: UnreadFetchedOptions): boolean {
  const isWanted = opening?.newFrom !== undefined && opening.place === undefined;
  const isMissing =
    isWanted && row !== undefined && missesUnread(opening, row) && (history === 'more' || history === 'loading');
  useEffect(() => {
    if (isMissing && history === 'more') void loadEarlier();
  }, [isMissing, history, loadEarlier]);
  // The row and the messages come from two queries: what was fetched may not be among the messages yet.
  const isBehind = isWanted && (messages[0]?.seq ?? 0) > Math.max(opening.floor, row?.historyStart ?? 0);
  return isMissing || isBehind;
}
