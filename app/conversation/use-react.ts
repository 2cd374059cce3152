import { useMemo } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { setReaction } from '#app/ops/messages.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { emojiUsed } from '#app/state/emojis.ts';
import { useAppDispatch } from '#app/state/store.ts';
import type { Outbox } from '#app/sync/client.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import { oneFormOf } from '#protocol/emoji.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { MAX_EMOJIS_PER_MESSAGE } from '#protocol/limits.ts';

/** Adds or removes the user's reaction. Undefined for somebody who has left. */
export function useReact(stream: ConversationId, outbox: Outbox, hasRole: boolean) {
  const words = useWords();
  const dispatch = useAppDispatch();
  const notify = useNotice();
  return useMemo(() => {
    if (!hasRole) return undefined;
    return ({ id, reactions }: TimelineItem, picked: string, on: boolean) => {
      const emoji = oneFormOf(picked);
      const isNew = on && !reactions.some((reaction) => reaction.emoji === emoji);
      if (isNew && reactions.length >= MAX_EMOJIS_PER_MESSAGE) return notify(words('react.full'));
      if (on) dispatch(emojiUsed(emoji));
      void outbox.queue(setReaction(stream, id, emoji, on));
    };
  }, [stream, outbox, hasRole, words, dispatch, notify]);
}
