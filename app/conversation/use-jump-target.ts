import { useCallback, useEffect, useState } from 'react';
import * as v from 'valibot';
import { useLocation, useSearch } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { isHeld } from '#app/local-store/runs.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import { MessageId, type ConversationId, type OpId } from '#protocol/ids.ts';

/** This many messages before the target are loaded with it, as its context. */
const CONTEXT = 10;

export interface JumpTarget {
  id: OpId;
}

/**
 * The message to jump to, chosen by a quote or by the page's address (`?message=`, which is then removed from it). Messages
 * that are not on the device are fetched first; `isComing` meanwhile. A message of the address is fetched again after each
 * change of the connection, until the device is online and it still cannot be fetched.
 */
export function useJumpTarget(client: Client, stream: ConversationId, showFrom: (seq: number) => void) {
  const words = useWords();
  const notify = useNotice();
  const [, navigate] = useLocation();
  const [target, setTarget] = useState<JumpTarget>();
  const [wanted, setWanted] = useState<OpId>();
  const phase = useAppSelector((state) => state.connection.connection.phase);
  // Some programs write the ids of a link in capitals.
  const given = v.safeParse(MessageId, new URLSearchParams(useSearch()).get('message')?.toLowerCase());
  const inAddress = given.success ? given.output : undefined;
  if (inAddress !== undefined && inAddress !== wanted) setWanted(inAddress);

  const show = useCallback(
    (id: OpId, seq: number) => {
      showFrom(Math.max(1, seq - CONTEXT));
      // A new object each time, because jumping to the same message twice is two jumps.
      setTarget({ id });
    },
    [showFrom],
  );
  const jumpTo = useCallback(
    async (id: OpId) => {
      const seq = await fetchedSeq(client, stream, id);
      if (seq === undefined) notify(words('chat.replyMissing'));
      else show(id, seq);
    },
    [client, stream, show, notify, words],
  );
  useEffect(() => {
    if (inAddress !== undefined) navigate(chatPath(stream), { replace: true });
  }, [inAddress, stream, navigate]);
  useEffect(() => {
    if (wanted === undefined) return undefined;
    let isCancelled = false;
    void fetchedSeq(client, stream, wanted).then((seq) => {
      const mayStillCome = phase === 'connecting' || phase === 'catching-up';
      if (isCancelled || (seq === undefined && mayStillCome)) return;
      setWanted(undefined);
      if (seq === undefined) notify(words('chat.replyMissing'));
      else show(wanted, seq);
    });
    return () => {
      isCancelled = true;
    };
  }, [wanted, phase, client, stream, show, notify, words]);
  return { target, jumpTo, isComing: wanted !== undefined };
}

/** Resolves to the message's seq once it and its neighbours are on the device; undefined if it cannot be fetched now. [CL20] */
async function fetchedSeq(
  { store, loadHistory }: Client,
  stream: ConversationId,
  id: OpId,
): Promise<number | undefined> {
  const held = async () => {
    const [row, message] = await Promise.all([store.conversation(stream), store.message(stream, id)]);
    return row !== undefined && message !== undefined && isHeld(row, message.seq) ? message.seq : undefined;
  };
  return (await held()) ?? ((await loadHistory(stream, { around: { id } })) === undefined ? undefined : held());
}
