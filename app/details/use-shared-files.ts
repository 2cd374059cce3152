import { useState } from 'react';
import type { Client } from '#app/sync/client.ts';
import { withoutBlocked } from '#app/shown/withheld.ts';
import { useThrottledRead } from '#app/ui/use-throttled-read.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { type Shared, sharedIn } from './shared-files.ts';

/** How many messages are searched at a time. */
const STEP = 500;

export interface SharedSoFar extends Shared {
  /** Where the messages before the searched ones are: on this device, only on the server, or nowhere. */
  before: 'here' | 'on-server' | 'none';
}

/**
 * The files and links of a chat, starting with its newest messages; `lookFurther` goes back, and fetches messages that the device
 * does not hold.
 */
export function useSharedFiles({ store, loadEarlier }: Client, stream: ConversationId) {
  const [count, setCount] = useState(STEP);
  const [state, setState] = useState<'ready' | 'loading' | 'failed'>('ready');
  const shared = useThrottledRead<SharedSoFar>(
    {
      read: () =>
        store.snapshot(async (reading) => {
          const row = await reading.conversation(stream);
          const { lastSeq = 0, historyStart = 0, isWhole = false } = row ?? {};
          const fromSeq = Math.max(1, lastSeq - count + 1);
          const held = await reading.messages(stream, { fromSeq });
          const messages = withoutBlocked(held, stream, await reading.blocked());
          const before = fromSeq > Math.max(1, historyStart) ? 'here' : isWhole ? 'none' : 'on-server';
          return { ...sharedIn(stream, messages), before };
        }),
      onChange: (listener) => store.onChatChange(listener),
      settleMs: 200,
      mayBeSliced: () => true,
    },
    [store, stream, count],
  );

  async function lookFurther(): Promise<void> {
    if (shared?.before === 'on-server') {
      setState('loading');
      const isFetched = await loadEarlier(stream, 'far').catch(() => false);
      setState(isFetched ? 'ready' : 'failed');
      if (!isFetched) return;
    }
    setCount((before) => before + STEP);
  }

  return { shared, state, lookFurther };
}
