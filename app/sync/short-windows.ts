import type { ConversationRow, LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { createIdleWork } from './idle-work.ts';

/** The chats that were active last are the ones that are opened next; any other is filled when it is opened. */
const MOST_CHATS = 200;
/** The pause between two chats, so that whatever the person does comes first. */
const PAUSE_MS = 250;

interface ShortWindowsParts {
  store: Pick<LocalStore, 'conversations'>;
  /** Fetches a page of the messages before those held. False if none came. */
  loadEarlier: (stream: ConversationId) => Promise<boolean>;
  onDefect: (error: unknown) => void;
}

export interface ShortWindows {
  /** Some chats may have started with few messages. */
  note(): void;
  /** The device has caught up: fills the chats that are due. */
  fill(): void;
  close(): void;
}

/**
 * A chat that is new to the device begins with few messages, so that the list is complete soon. [VB11] Once it is, this fetches
 * more of them, one chat at a time, so that they can be read offline too.
 */
export function createShortWindows({ store, loadEarlier, onDefect }: ShortWindowsParts): ShortWindows {
  let isDue = true;

  const work = createIdleWork(async (pace) => {
    while (isDue && !pace.isClosed) {
      isDue = false;
      for (const { stream } of shortOnes(await store.conversations())) {
        await pace.pause(PAUSE_MS);
        if (pace.isClosed) return;
        if (await loadEarlier(stream)) continue;
        // The connection may be gone. The rest is fetched the next time that the device has caught up.
        isDue = true;
        return;
      }
    }
  }, onDefect);

  return {
    note() {
      isDue = true;
    },
    fill() {
      if (isDue) work.start();
    },
    close: () => work.close(),
  };
}

function shortOnes(rows: readonly ConversationRow[]): ConversationRow[] {
  return rows
    .toSorted((a, b) => (a.activityAt < b.activityAt ? 1 : -1))
    .slice(0, MOST_CHATS)
    .filter(isShort);
}

function isShort({ historyStart, lastSeq, isWhole, membership }: ConversationRow): boolean {
  const isMember = membership !== undefined && membership.leftAt === undefined;
  return isMember && !isWhole && historyStart > 0 && lastSeq - historyStart + 1 < limits.window;
}
