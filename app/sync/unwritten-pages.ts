import type { LocalStore, PullAsked } from '#app/local-store/local-store.ts';
import type { PullAnswer } from '#protocol/verbs.ts';

/**
 * So many answers may wait to be written while the next one is asked for. What waits is written in one transaction, and more would
 * keep what the person writes waiting for too long.
 */
const MOST_UNWRITTEN = 3;

/** The answers of a pull on their way to the device: the next page is asked for before the last ones are written. */
export interface UnwrittenPages {
  /** Resolves when another page may be asked for. Rejects if one could not be written. */
  write(answer: PullAnswer, asked: PullAsked): Promise<void>;
  /** Resolves when everything is written: whether all of it, and whether any of it with pages, was applied. */
  written(): Promise<{ isWhole: boolean; isGain: boolean }>;
}

export function createUnwrittenPages(
  store: Pick<LocalStore, 'applyPage'>,
  onPage: (answer: PullAnswer) => void,
): UnwrittenPages {
  const writes: Promise<void>[] = [];
  let [isWhole, isGain] = [true, false];

  async function apply(answer: PullAnswer, asked: PullAsked): Promise<void> {
    const isApplied = await store.applyPage(answer, asked);
    onPage(answer);
    if (!isApplied) isWhole = false;
    else if (answer.streams.length > 0) isGain = true;
  }

  return {
    async write(answer, asked) {
      const write = apply(answer, asked);
      // Its failure is reported to whoever waits for it below.
      write.catch(() => undefined);
      writes.push(write);
      if (writes.length >= MOST_UNWRITTEN) await writes.shift();
    },
    async written() {
      await Promise.all(writes.splice(0));
      return { isWhole, isGain };
    },
  };
}
