import { useCallback, useState } from 'react';
import { isKept } from '#app/ui/use-kept.ts';
import type { ConversationId } from '#protocol/ids.ts';

export type PollState = ReturnType<typeof usePoll>;

/** The poll that is being composed in a chat. One whose dialog was closed is offered again, as long as its owner exists. */
export function usePoll(owner: object, stream: ConversationId) {
  const heldAs = `poll ${stream}`;
  const [state, setState] = useState<'none' | 'closed' | 'open'>(() => (isKept(owner, heldAs) ? 'closed' : 'none'));
  const open = useCallback(() => setState('open'), []);
  const close = useCallback(() => setState('closed'), []);
  const end = useCallback(() => setState('none'), []);
  return { state, heldAs, open, close, end };
}
