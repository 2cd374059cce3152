import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { ListContext } from './list-entry.ts';
import type { ConversationRow, EditUnderWay } from '#app/local-store/local-store.ts';
import { sentMessage } from './sent-message.ts';

/** Text that exists only on this device. */
export interface Unsent {
  stream: ConversationId;
  kind: 'message' | 'draft' | 'edit' | 'poll';
  text: string;
}

type UnsentParts = Pick<ListContext, 'outbox' | 'drafts'> & {
  rows: readonly ConversationRow[];
  edits: readonly Pick<EditUnderWay, 'stream' | 'text'>[];
  /** Polls that are being composed, with all that was written into them. */
  polls: readonly { stream: ConversationId; text: string }[];
};

/**
 * What signing out would lose: messages that have not been sent, in the order in which they were written and including those that were
 * refused, drafts that the person's other devices don't have, unfinished edits, and polls that are being composed.
 */
export function unsentWords({ rows, outbox, drafts, edits, polls }: UnsentParts, self: UserId): Unsent[] {
  const messages = outbox.flatMap((row): Unsent[] => {
    const message = row.state === 'sent' ? undefined : sentMessage(row, self);
    return message === undefined ? [] : [{ stream: row.stream, kind: 'message', text: message.text }];
  });
  const shared = new Map(rows.map(({ stream, membership }) => [stream, membership?.draft]));
  const kept = [...drafts].flatMap(([stream, text]): Unsent[] =>
    text.trim() === '' || text === shared.get(stream) ? [] : [{ stream, kind: 'draft', text }],
  );
  return [
    ...messages,
    ...kept,
    ...edits.map(({ stream, text }): Unsent => ({ stream, kind: 'edit', text })),
    ...polls.map(({ stream, text }): Unsent => ({ stream, kind: 'poll', text })),
  ];
}
