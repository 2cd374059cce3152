import { useCallback, useEffect, useState } from 'react';
import type { PollForm } from '#app/local-store/files.ts';
import { onKeptPoll } from '#app/local-store/unsent-polls.ts';
import { useFiles } from '#app/media/use-files.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';

export type PollState = ReturnType<typeof usePoll>;

/**
 * The poll that is being composed in a chat, as the device has kept it, and whether its dialog is open. When the dialog or the page
 * has been closed, the poll is offered again until it is sent or discarded in any tab.
 */
export function usePoll(self: UserId, stream: ConversationId) {
  const files = useFiles(self);
  const [kept, setKept] = useState<PollForm>();
  const [state, setState] = useState<'none' | 'closed' | 'open'>('none');
  useEffect(
    () =>
      onKeptPoll(files, stream, (form) => {
        setKept(form);
        setState((now) => (now === 'open' ? now : form === undefined ? 'none' : 'closed'));
      }),
    [files, stream],
  );
  const open = useCallback(() => setState('open'), []);
  const close = useCallback(() => setState('closed'), []);
  const end = useCallback(() => setState('none'), []);
  return { files, kept, state, open, close, end };
}
