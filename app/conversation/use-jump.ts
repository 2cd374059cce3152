import { useCallback, useEffect, useState } from 'react';
import * as v from 'valibot';
import { useLocation, useSearch } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { chatPath } from '#app/state/place.ts';
import type { Client } from '#app/sync/client.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import { MessageId, type ConversationId, type OpId } from '#protocol/ids.ts';

/** Drawn above the message, so that one sees what it stands in. */
const SHOWN_BEFORE = 10;

export interface JumpTarget {
  id: OpId;
}

/**
 * The way to one message: by a quote, or by the page's address (`?message=`), which forgets it then. What the device lacks
 * up to there is fetched first.
 */
export function useJump(client: Client, stream: ConversationId, showFrom: (seq: number) => void) {
  const words = useWords();
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  const [target, setTarget] = useState<JumpTarget>();
  const named = new URLSearchParams(useSearch()).get('message');

  const go = useCallback(
    (id: OpId, seq: number | undefined) => {
      if (seq === undefined) return announce(words('chat.replyAway'));
      showFrom(Math.max(1, seq - SHOWN_BEFORE));
      // A new object each time: the same message twice is two ways there.
      setTarget({ id });
      return undefined;
    },
    [showFrom, announce, words],
  );
  const jump = useCallback(async (id: OpId) => go(id, await fetchedSeq(client, stream, id)), [client, stream, go]);
  useEffect(() => {
    const id = v.safeParse(MessageId, named);
    if (!id.success) return;
    navigate(chatPath(stream), { replace: true });
    void fetchedSeq(client, stream, id.output).then((seq) => go(id.output, seq));
  }, [named, client, stream, navigate, go]);
  return { target, jump };
}

/** The message's seq once everything from it on is held; undefined where it can't be had now. */
async function fetchedSeq(
  { store, loadEarlier }: Client,
  stream: ConversationId,
  id: OpId,
): Promise<number | undefined> {
  for (;;) {
    const [row, message] = await Promise.all([store.conversation(stream), store.message(stream, id)]);
    if (row === undefined) return undefined;
    if (message !== undefined && row.historyStart > 0 && message.seq >= row.historyStart) return message.seq;
    if (row.isWhole || !(await loadEarlier(stream))) return undefined;
  }
}
