import type { LocalStore, PullAsked } from '#app/local-store/local-store.ts';
import type { PullAnswer } from '#protocol/verbs.ts';

/**
 * How many answers may wait to be written while the next one is asked for. They are written in one transaction, and with more of
 * them what the person writes would wait too long.
 */
const MOST_UNWRITTEN = 3;

/** The answers of a pull that are being written to the device: the next page is asked for before the last ones are written. */
export interface UnwrittenPages {
  /** Resolves when another page may be asked for. Rejects if one could not be written. */
  write(answer: PullAnswer, asked: PullAsked): Promise<void>;
  /** Resolves when everything is written, to whether all of it was applied, and whether any answer with pages was. */
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
      // Its failure is reported by the awaits below.
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
