import type { LostWords } from '#app/unsent/LostTexts.tsx';
import { unsentWords } from '#app/shown/unsent.ts';
import type { UserId } from '#protocol/ids.ts';
import type { ConversationRows } from './use-conversation-rows.ts';

interface ChatToRemove {
  rows: Pick<ConversationRows, 'row' | 'outbox' | 'draft' | 'edits' | 'scheduled'>;
  /** The texts of a poll that is being composed there. */
  poll: string | undefined;
  hasFiles: boolean;
  name: string;
}

/** What cannot be fetched again once a chat that the person has left is removed from their device. */
export interface LostWithChat {
  texts: LostWords[];
  /** Files or a recording that have not been sent. */
  hasFiles: boolean;
  hasMessages: boolean;
}

/** Undefined if nothing is lost. [CL4] */
export function lostWithChat({ rows, poll, hasFiles, name }: ChatToRemove, self: UserId): LostWithChat | undefined {
  const { row, outbox, draft, edits, scheduled } = rows;
  if (row === undefined) return undefined;
  const { stream } = row;
  const polls = poll === undefined ? [] : [{ stream, text: poll }];
  const unsent = unsentWords({ rows: [row], outbox, drafts: new Map([[stream, draft.text]]), edits, polls }, self);
  const texts = [
    ...unsent.map(({ kind, text }): LostWords => ({ kind, text, chat: name })),
    ...scheduled.map(({ text }): LostWords => ({ kind: 'scheduled', text, chat: name })),
  ];
  const hasMessages = row.historyStart > 0;
  return texts.length > 0 || hasFiles || hasMessages ? { texts, hasFiles, hasMessages } : undefined;
}
