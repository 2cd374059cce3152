import { useMemo, useState } from 'react';
import type { ConversationRow, ViewStore } from '#app/local-store/local-store.ts';
import { readDetails } from '#app/shown/read.ts';
import { keepParts } from '#app/shown/shared-parts.ts';
import { useThrottledRead } from '#app/ui/use-throttled-read.ts';
import type { ConversationId } from '#protocol/ids.ts';

/** Nobody needs the details up to the moment while messages arrive, and the chat itself needs the database first. */
const SETTLE_MS = 50;

/**
 * A conversation with its people and pins; undefined while they are read. The same object, without a render, while nothing has
 * changed.
 */
export function useDetails(store: ViewStore, stream: ConversationId) {
  const [keep] = useState(keepParts<Awaited<ReturnType<typeof read>>>);
  const details = useThrottledRead(
    {
      read: async () => keep(await read(store, stream)),
      onChange: (listener) => store.onChatChange(listener),
      settleMs: SETTLE_MS,
      mayBeSliced: () => true,
    },
    [store, stream],
  );
  const held = details?.people;
  const people = useMemo(() => held && new Map(held), [held]);
  return useMemo(() => details && people && { ...details, people }, [details, people]);
}

/**
 * Only what is drawn, because nothing else is a reason to draw it again. The people are an array, because `keepParts` compares no
 * maps.
 */
async function read(store: ViewStore, stream: ConversationId) {
  const details = await store.snapshot((reading) => readDetails(reading, stream, store.userId));
  const { row, members, hasLeft, role, pinned, people } = details;
  return { row: row && drawnOf(row), members, hasLeft, role, pinned, people: [...people] };
}

function drawnOf(row: ConversationRow) {
  const { lastMessage: _last, activityAt: _at, unread: _unread, mentioned: _mentioned, ...drawn } = row;
  return drawn;
}
