import type { ConversationId } from '#protocol/ids.ts';
import type { Caller } from './streams.ts';

const KEPT_MS = 10 * 60_000;
const MOST_KEPT = 20_000;

/** What a bootstrap in several pages contains, fixed by its first page. */
export interface BootstrapRange {
  /** The head when the bootstrap started. Later revs follow as ordinary changes. */
  head: number;
  /** The seq of the first message of its window; undefined if the conversation had no message. */
  windowFrom: number | undefined;
  /** The rev at which the member who reads it joined. */
  joinedRev: number | undefined;
}

export interface UnfinishedBootstraps {
  /** The bootstrap whose page ended at this cursor, if this device was sent that page. */
  at(caller: Caller, stream: ConversationId, cursor: number): BootstrapRange | undefined;
  endedAt(caller: Caller, stream: ConversationId, cursor: number, range: BootstrapRange): void;
  /** Drops what nobody has asked for in time. */
  dropOld(): void;
  /** How many devices and pages are remembered. */
  size(): number;
}

/**
 * A cursor does not say whether its device has everything up to it or is in the middle of a bootstrap, so the server remembers
 * for each device where the pages of its bootstraps ended. If it has forgotten, everything that follows the cursor is sent, or
 * the bootstrap starts again: that costs more, and nothing is missed. [VB5]
 */
export function createUnfinishedBootstraps(now: () => number): UnfinishedBootstraps {
  // In the order of their ends, so the first one is the oldest.
  const ends = new Map<string, BootstrapRange & { endedAt: number }>();
  const keyOf = ({ userId, device = '' }: Caller, stream: ConversationId, cursor: number) =>
    `${userId} ${device} ${stream} ${cursor}`;
  const fresh = (key: string) => {
    const found = ends.get(key);
    return found === undefined || now() - found.endedAt > KEPT_MS ? undefined : found;
  };

  return {
    at: (caller, stream, cursor) => fresh(keyOf(caller, stream, cursor)),
    endedAt(caller, stream, cursor, range) {
      const key = keyOf(caller, stream, cursor);
      const earlier = fresh(key);
      // Two bootstraps of one device may reach the same cursor. The range of the earlier one leaves no gap for either.
      const kept = earlier?.joinedRev === range.joinedRev && earlier !== undefined ? earlier : range;
      ends.delete(key);
      ends.set(key, { ...kept, endedAt: now() });
      const [oldest] = ends.keys();
      if (ends.size > MOST_KEPT && oldest !== undefined) ends.delete(oldest);
    },
    size: () => ends.size,
    dropOld() {
      for (const [oldest, { endedAt }] of ends) {
        if (now() - endedAt <= KEPT_MS) return;
        ends.delete(oldest);
      }
    },
  };
}
