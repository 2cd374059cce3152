import { useWords } from '#app/i18n/words.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { quotedAs, type Quoted } from './quoted.ts';
import type { Answered, KeptReply } from './use-kept-reply.ts';
import { useMessageNow } from './use-message-now.ts';
import type { Names } from './use-names.ts';

/** The message being replied to, as the composer quotes it. */
export type Reply = Quoted & Answered;

/** Undefined if nobody is replying. */
export function useReply(
  client: Client,
  stream: ConversationId,
  { answered }: KeptReply,
  pending: readonly OutboxRow[],
  opened: ReadonlySet<OpId>,
  nameOf: Names['nameOf'],
): Reply | undefined {
  const words = useWords();
  const message = useMessageNow(client, stream, answered?.id, pending, opened, answered?.read);
  if (answered === undefined) return undefined;
  // A message that was chosen just now can only be missing because it was deleted. Why an older one is missing is not known.
  const missing = answered.isChosen ? 'list.deleted' : 'chat.replyMissing';
  const quoted =
    message === undefined || message === null
      ? { who: '', text: message === null ? words(missing) : '' }
      : quotedAs({ ...message, isDeleted: message.deletedAt !== undefined }, nameOf, words);
  return { ...answered, ...quoted };
}
