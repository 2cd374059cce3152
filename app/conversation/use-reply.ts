import { useCallback, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { quotedAs, type Quoted } from './quoted.ts';
import { useMessageNow } from './use-message-now.ts';
import type { Names } from './use-names.ts';

export interface Reply {
  /** The message being replied to, as the composer quotes it. */
  reply: (Quoted & { id: OpId }) | undefined;
  onReply: (message: Pick<TimelineItem, 'id'>) => void;
  endReply: () => void;
}

/** The message that somebody is replying to. The functions stay the same, for the memoized composer. */
export function useReply(
  client: Client,
  stream: ConversationId,
  pending: readonly OutboxRow[],
  opened: ReadonlySet<OpId>,
  nameOf: Names['nameOf'],
): Reply {
  const words = useWords();
  const [id, setId] = useState<OpId>();
  const message = useMessageNow(client, stream, id, pending, opened);
  const onReply = useCallback((to: Pick<TimelineItem, 'id'>) => setId(to.id), []);
  const endReply = useCallback(() => setId(undefined), []);
  const quoted =
    message === undefined || message === null
      ? { who: '', text: message === null ? words('chat.deleted') : '' }
      : quotedAs({ ...message, isDeleted: message.deletedAt !== undefined }, nameOf, words);
  return { reply: id === undefined ? undefined : { id, ...quoted }, onReply, endReply };
}
