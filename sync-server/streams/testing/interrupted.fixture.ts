import type { Entry } from '#server/streams/entry.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';

/** A store that runs something else before its next read of this kind. */
export function interrupted(reading: 'feed' | 'messages') {
  const memory = createMemoryEntryStore();
  let waiting: (() => Promise<unknown>) | undefined;
  const store: typeof memory = {
    ...memory,
    async [reading](...asked: never[]) {
      const run = waiting;
      waiting = undefined;
      await run?.();
      const read: (...args: never[]) => Promise<Entry[]> = memory[reading];
      return read(...asked);
    },
  };
  return { store, meanwhile: (run: () => Promise<unknown>) => void (waiting = run) };
}
