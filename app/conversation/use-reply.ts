import { useCallback, useEffect, useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { filesOf } from '#app/local-store/files.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { endReply, keepReply, onKeptReply } from '#app/local-store/unsent-replies.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { quotedAs, type Quoted } from './quoted.ts';
import { useMessageNow } from './use-message-now.ts';
import type { Names } from './use-names.ts';

/** A message that somebody is replying to. */
interface Answered {
  id: OpId;
  /** It was chosen just now, rather than kept on the device since an earlier visit or by another tab. */
  isChosen: boolean;
}

export interface Reply {
  /** The message being replied to, as the composer quotes it. */
  reply: (Quoted & Answered) | undefined;
  onReply: (message: Pick<TimelineItem, 'id'>) => void;
  endReply: () => void;
}

/**
 * The message that somebody is replying to, which the device keeps until the reply is sent, scheduled or cancelled. One that is
 * deleted while the chat is open stays and says so; it is not offered when the chat is opened again. The functions stay the same,
 * for the memoized composer.
 */
export function useReply(
  client: Client,
  stream: ConversationId,
  pending: readonly OutboxRow[],
  opened: ReadonlySet<OpId>,
  nameOf: Names['nameOf'],
): Reply {
  const { store, userId } = client;
  const words = useWords();
  // The files opened for this visit: if they were opened after a sign-out, they would create the database again. [SEC-49]
  const [files] = useState(() => filesOf(userId));
  const [answered, setAnswered] = useState<Answered>();
  /** How many changes of this tab are being written; until then, what the device holds is older than what is shown. */
  const writing = useRef(0);

  const write = useCallback((change: Promise<void>) => {
    writing.current += 1;
    // If the disk is full, the reply is there as long as the chat is open.
    void change.catch(() => undefined).finally(() => (writing.current -= 1));
  }, []);
  const onReply = useCallback(
    ({ id }: Pick<TimelineItem, 'id'>) => {
      setAnswered({ id, isChosen: true });
      write(keepReply(files, stream, id));
    },
    [files, stream, write],
  );
  const end = useCallback(() => {
    setAnswered(undefined);
    write(endReply(files, stream));
  }, [files, stream, write]);

  useEffect(() => {
    let isOver = false;
    async function take(id: OpId | undefined): Promise<void> {
      const held = id === undefined ? undefined : await store.snapshot((reading) => reading.message(stream, id));
      if (isOver || writing.current > 0) return;
      if (held?.deletedAt !== undefined) await endReply(files, stream);
      else setAnswered((now) => (now?.id === id ? now : id && { id, isChosen: false }));
    }
    // If the device cannot read the message, the app says so elsewhere.
    const stop = onKeptReply(files, stream, (id) => void take(id).catch(() => undefined));
    return () => {
      isOver = true;
      stop();
    };
  }, [store, files, stream]);

  const message = useMessageNow(client, stream, answered?.id, pending, opened);
  if (answered === undefined) return { reply: undefined, onReply, endReply: end };
  // What was chosen just now can only be missing because its sender took it back. Of an older one, nothing else is known.
  const missing = answered.isChosen ? 'chat.deleted' : 'chat.replyMissing';
  const quoted =
    message === undefined || message === null
      ? { who: '', text: message === null ? words(missing) : '' }
      : quotedAs({ ...message, isDeleted: message.deletedAt !== undefined }, nameOf, words);
  return { reply: { ...answered, ...quoted }, onReply, endReply: end };
}
