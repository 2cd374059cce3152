import { useMemo, useState } from 'react';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { readDetails } from '#app/shown/read.ts';
import { keepParts } from '#app/shown/shared-parts.ts';
import { useRestedRead } from '#app/ui/use-rested-read.ts';
import type { ConversationId } from '#protocol/ids.ts';

/** Nobody follows the details while messages come; until then the chat itself needs the database. */
const SETTLE_MS = 50;

/** A conversation with its people and pins; undefined while they are read. The same object, and no render, while all of it is the same. */
export function useDetails(store: ViewStore, stream: ConversationId) {
  const [keep] = useState(keepParts<Awaited<ReturnType<typeof read>>>);
  const details = useRestedRead(
    {
      read: async () => keep(await read(store, stream)),
      onChange: (listener) => store.onChatChange(listener),
      settleMs: SETTLE_MS,
    },
    [store, stream],
  );
  return useMemo(() => details && { ...details, people: new Map(details.people) }, [details]);
}

/** The people as an array, because `keepParts` compares no maps. */
async function read(store: ViewStore, stream: ConversationId) {
  const details = await store.snapshot((reading) => readDetails(reading, stream, store.userId));
  return { ...details, people: [...details.people] };
}
