import { useCallback, useEffect, useState } from 'react';
import * as v from 'valibot';
import { useLocation, useSearch } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { chatPath } from '#app/links/paths.ts';
import type { Client } from '#app/sync/client.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import { MessageId, type ConversationId, type OpId } from '#protocol/ids.ts';

/** This many messages before the target are loaded with it, as its context. */
const CONTEXT = 10;

export interface JumpTarget {
  id: OpId;
}

/**
 * The message to jump to, chosen by a quote or by the page's address (`?message=`, which is then removed from it). Messages
 * that are not on the device are fetched first.
 */
export function useJumpTarget(client: Client, stream: ConversationId, showFrom: (seq: number) => void) {
  const words = useWords();
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  const [target, setTarget] = useState<JumpTarget>();
  const inAddress = new URLSearchParams(useSearch()).get('message');

  const show = useCallback(
    (id: OpId, seq: number | undefined) => {
      if (seq === undefined) return announce(words('chat.replyMissing'));
      showFrom(Math.max(1, seq - CONTEXT));
      // A new object each time, because jumping to the same message twice is two jumps.
      setTarget({ id });
      return undefined;
    },
    [showFrom, announce, words],
  );
  const jumpTo = useCallback(
    async (id: OpId) => show(id, await fetchedSeq(client, stream, id)),
    [client, stream, show],
  );
  useEffect(() => {
    const id = v.safeParse(MessageId, inAddress);
    if (!id.success) return;
    navigate(chatPath(stream), { replace: true });
    void fetchedSeq(client, stream, id.output).then((seq) => show(id.output, seq));
  }, [inAddress, client, stream, navigate, show]);
  return { target, jumpTo };
}

/** The message's seq, once everything from it on is on the device; undefined if it cannot be fetched now. */
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
