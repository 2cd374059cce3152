import type { Blocks } from '#server/streams/blocks.ts';

/** Blocks in memory, for one test. */
export function memoryBlocks(): Blocks {
  const held = new Set<string>();
  return {
    has: (by, blocked) => held.has(`${by} ${blocked}`),
    async change(by, blocked, on) {
      if (on) held.add(`${by} ${blocked}`);
      else held.delete(`${by} ${blocked}`);
    },
  };
}
