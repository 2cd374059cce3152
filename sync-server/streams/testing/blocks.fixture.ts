import type { Blocks } from '#server/streams/blocks.ts';

/** Blocks that last as long as the test. */
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
