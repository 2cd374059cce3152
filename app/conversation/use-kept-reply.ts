import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { endReply, keepReply, onKeptReply } from '#app/local-store/unsent-replies.ts';
import { useFiles } from '#app/media/use-files.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { readMessage, type MessageRead } from './use-message-now.ts';

/** A message that somebody is replying to. */
export interface Answered {
  id: OpId;
  /** It was chosen just now, rather than kept on the device since an earlier visit or by another tab. */
  isChosen: boolean;
  /** What the device had of it when the reply was read. */
  read?: MessageRead;
}

export interface KeptReply {
  answered: Answered | undefined;
  onReply: (message: Pick<TimelineItem, 'id'>) => void;
  endReply: () => void;
}

/**
 * The message that somebody is replying to, which the device keeps until the reply is sent, scheduled or cancelled. It is read together
 * with the chat, so that its quote is drawn with the draft. If the message is deleted while the chat is open, the composer says so and the
 * reply stays; when the chat is opened again, it is gone. The functions are the same ones in every render, for the memoized composer.
 */
export function useKeptReply({ store, userId }: Client, stream: ConversationId): KeptReply {
  const files = useFiles(userId);
  const [answered, setAnswered] = useState<Answered>();
  /** How many changes of this tab are being written; until then, what the device holds is older than what is shown. */
  const writing = useRef(0);

  const write = useCallback((change: Promise<void>) => {
    writing.current += 1;
    // If the disk is full, the reply stays as long as the chat is open.
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
      const read = id && (await readMessage(store, stream, id));
      if (isOver || writing.current > 0) return;
      if (read?.held?.deletedAt !== undefined) await endReply(files, stream);
      else setAnswered((now) => (now?.id === id ? now : read && { id: read.id, isChosen: false, read }));
    }
    // If the device cannot read the message, the app says so elsewhere.
    const stop = onKeptReply(files, stream, (id) => void take(id).catch(() => undefined));
    return () => {
      isOver = true;
      stop();
    };
  }, [store, files, stream]);

  return useMemo(() => ({ answered, onReply, endReply: end }), [answered, onReply, end]);
}
