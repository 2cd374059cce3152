import type { Words } from '#app/i18n/words.ts';
import { isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { ConversationRows } from './use-conversation-rows.ts';
import type { Names } from './use-names.ts';

interface Beginning {
  stream: ConversationId;
  self: UserId;
  rows: Pick<ConversationRows, 'memberRecords' | 'hasLeft'>;
  names: Pick<Names, 'name' | 'isNotes'>;
}

/** What is above the first message of a chat. */
export function beginningWords({ stream, self, rows, names }: Beginning, words: Words): string {
  if (names.isNotes) return words('chat.beginningNotes');
  if (isDirect(stream)) return words('chat.beginningDirect', { name: names.name });
  // Somebody who has left no longer has the earlier messages on their device, so the list has no beginning to show.
  if (rows.hasLeft) return '';
  const own = rows.memberRecords.find(({ userId }) => userId === self);
  return words((own?.fromSeq ?? 1) > 1 ? 'chat.beginningJoined' : 'chat.beginning');
}
