import { conversationNameWords } from '#app/i18n/name-words.ts';
import type { Words } from '#app/i18n/words.ts';
import { shownConversation } from '#app/shown/conversation.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import { conversationName } from '#app/shown/name.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';

/** A chat's name in the list, which is known before the chat has been read; undefined if the list does not know it. */
export function listedName(
  { rows, outbox, people }: ListRows,
  chat: ConversationId,
  self: UserId,
  words: Words,
): string | undefined {
  const row = rows.find(({ stream }) => stream === chat);
  if (row === undefined) return undefined;
  const named = conversationName(shownConversation(row, outbox, self), self, people);
  return named.kind === 'named' || named.kind === 'notes' ? conversationNameWords(named, words) : undefined;
}
