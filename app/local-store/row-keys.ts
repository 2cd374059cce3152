import type { ConversationId } from '#protocol/ids.ts';
import type { KeyFunctions } from './rows.ts';

export const rowKeys: KeyFunctions = {
  conversations: ({ stream }) => stream,
  members: ({ stream, userId }) => [stream as ConversationId, userId],
  messages: ({ stream, seq }) => [stream as ConversationId, seq],
  outbox: ({ id }) => id,
  drafts: ({ stream }) => stream,
  edits: ({ id }) => id,
  scheduled: ({ id }) => id,
  sendings: ({ id }) => id,
  cursors: ({ stream }) => stream,
  people: ({ id }) => id,
  facts: ({ key }) => key,
};

/** Equal keys of one table have equal names. */
export function nameOfKey(key: string | readonly (string | number)[]): string {
  return typeof key === 'string' ? key : key.join(' ');
}
