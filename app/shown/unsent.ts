import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { ListContext } from './list-entry.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { sentMessage } from './sent-message.ts';

/** Text that exists only on this device. */
export interface Unsent {
  stream: ConversationId;
  kind: 'message' | 'draft';
  text: string;
}

type UnsentParts = Pick<ListContext, 'outbox' | 'drafts'> & { rows: readonly ConversationRow[] };

/**
 * What signing out would lose, in the order in which it was written: messages that have not been sent, including those that were
 * refused, and drafts that the person's other devices don't have.
 */
export function unsentWords({ rows, outbox, drafts }: UnsentParts, self: UserId): Unsent[] {
  const messages = outbox.flatMap((row): Unsent[] => {
    const message = row.state === 'sent' ? undefined : sentMessage(row, self);
    return message === undefined ? [] : [{ stream: row.stream, kind: 'message', text: message.text }];
  });
  const shared = new Map(rows.map(({ stream, membership }) => [stream, membership?.draft]));
  const kept = [...drafts].flatMap(([stream, text]): Unsent[] =>
    text.trim() === '' || text === shared.get(stream) ? [] : [{ stream, kind: 'draft', text }],
  );
  return [...messages, ...kept];
}
