import { useCallback } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { deleteMessage } from '#app/ops/messages.ts';
import type { Outbox } from '#app/sync/client.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import type { ConversationId, OpId } from '#protocol/ids.ts';

/** How long a deletion can be undone before it leaves the device. */
const UNDO_MS = 5_000;

/** Deletes messages at once, and offers to undo that for a few seconds. [CL17] */
export function useDeletion(stream: ConversationId, outbox: Outbox) {
  const words = useWords();
  const notify = useNotice();
  const takeBack = useCallback(
    async (ops: readonly OpId[]) => {
      if (!(await outbox.takeBack(ops))) notify(words('delete.tooLate'));
    },
    [outbox, notify, words],
  );
  const remove = useCallback(
    async (ids: readonly OpId[]) => {
      const ops = await outbox.hold(ids.map((id) => deleteMessage(stream, id)));
      const abort = new AbortController();
      const release = () => {
        abort.abort();
        clearTimeout(timer);
        // If the device cannot store it now, or its person has signed out, the next connection releases it.
        outbox.release(ops).catch(() => undefined);
      };
      // Not ended with the chat: who goes to another one has deleted the messages nevertheless.
      const timer = setTimeout(release, UNDO_MS);
      addEventListener('pagehide', release, { signal: abort.signal });
      notify(words('delete.done', { count: ids.length }), {
        label: words('menu.undo'),
        ms: UNDO_MS,
        run() {
          abort.abort();
          clearTimeout(timer);
          void takeBack(ops);
        },
      });
    },
    [stream, outbox, notify, words, takeBack],
  );
  return { remove, takeBack };
}
