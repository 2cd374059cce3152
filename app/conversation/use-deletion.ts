import { useCallback } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { deleteMessage } from '#app/ops/messages.ts';
import type { NewOp } from '#app/ops/rules.ts';
import type { Outbox } from '#app/sync/client.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import type { ConversationId, OpId } from '#protocol/ids.ts';

/** How long a deletion can be undone before it leaves the device. */
const UNDO_MS = 5_000;

/**
 * Shows ops as done at once, and offers to undo them for a few seconds, during which they stay on the device. `said`: the
 * sentence about it. [CL17]
 */
export function useUndone(outbox: Outbox) {
  const words = useWords();
  const notify = useNotice();
  return useCallback(
    async (made: readonly NewOp[], said: string) => {
      const ops = await outbox.hold(made);
      const abort = new AbortController();
      const release = () => {
        abort.abort();
        clearTimeout(timer);
        // If the device cannot store this now, or the person has signed out, the next connection releases them.
        outbox.release(ops).catch(() => undefined);
      };
      // Not cancelled when the chat is closed, because the person has deleted them all the same.
      const timer = setTimeout(release, UNDO_MS);
      addEventListener('pagehide', release, { signal: abort.signal });
      notify(said, {
        label: words('menu.undo'),
        ms: UNDO_MS,
        run() {
          abort.abort();
          clearTimeout(timer);
          void outbox.takeBack(ops).then((isBack) => isBack || notify(words('delete.tooLate')));
        },
      });
    },
    [outbox, notify, words],
  );
}

/** Deletes messages at once, and offers to undo that for a few seconds. [CL17] */
export function useDeletion(stream: ConversationId, outbox: Outbox) {
  const words = useWords();
  const notify = useNotice();
  const undone = useUndone(outbox);
  const takeBack = useCallback(
    async (ops: readonly OpId[]) => {
      if (!(await outbox.takeBack(ops))) notify(words('delete.tooLate'));
    },
    [outbox, notify, words],
  );
  const remove = useCallback(
    (ids: readonly OpId[]) =>
      undone(
        ids.map((id) => deleteMessage(stream, id)),
        words('delete.done', { count: ids.length }),
      ),
    [stream, words, undone],
  );
  return { remove, takeBack };
}
