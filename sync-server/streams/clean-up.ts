import type { EntryStore } from './entry-store.ts';

/** Strips replaced versions and marks ops as finished, many at a time and without delaying any answer. */
export interface CleanUp {
  /** Keys of versions to strip, and of ops to mark as finished once those are stripped. */
  later(strip: readonly string[], finish: readonly string[]): void;
  /** Resolves when no clean-up is in progress. */
  settled(): Promise<void>;
}

export function createCleanUp(store: EntryStore, now: () => number): CleanUp {
  let stripping: string[] = [];
  let finishing: string[] = [];
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    // One turn later, so that everything from one flush becomes one clean-up.
    await new Promise((resolve) => setImmediate(resolve));
    while (stripping.length + finishing.length > 0) {
      const [strip, finish] = [stripping, finishing];
      [stripping, finishing] = [[], []];
      try {
        if (strip.length > 0) await store.strip(strip, now());
        if (finish.length > 0) await store.finish(finish);
      } catch {
        return; // the ops are still pending in the store, where the periodic completion finds them
      }
    }
  }

  return {
    later(strip, finish) {
      stripping.push(...strip);
      finishing.push(...finish);
      running ??= run().finally(() => (running = undefined));
    },
    async settled() {
      while (running !== undefined) await running;
    },
  };
}
