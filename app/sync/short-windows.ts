import type { ConversationRow, LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';

/** The chats that were active last are the ones that are opened next; any other is filled when it is opened. */
const MOST_CHATS = 200;
/** Between two chats, so that whatever the person does comes first. */
const PAUSE_MS = 250;

interface ShortWindowsParts {
  store: Pick<LocalStore, 'conversations'>;
  /** Fetches a page of the messages before those held. False if none came. */
  loadEarlier: (stream: ConversationId) => Promise<boolean>;
  onDefect: (error: unknown) => void;
}

export interface ShortWindows {
  /** Chats may have begun with few messages. */
  note(): void;
  /** The device has caught up: fills what is due. */
  fill(): void;
  close(): void;
}

/**
 * A chat that is new to the device begins with few messages, so that the list is complete soon. [VB11] Once it is, this fetches
 * more of them, one chat at a time, so that they can be read offline too.
 */
export function createShortWindows({ store, loadEarlier, onDefect }: ShortWindowsParts): ShortWindows {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = true;
  let isRunning = false;
  let isClosed = false;

  async function run(): Promise<void> {
    while (isDue && !isClosed) {
      isDue = false;
      for (const { stream } of shortOnes(await store.conversations())) {
        await new Promise<void>((resolve) => (timer = setTimeout(resolve, PAUSE_MS)));
        if (isClosed) return;
        if (await loadEarlier(stream)) continue;
        // The connection may be gone. The next time that the device has caught up, the rest is fetched.
        isDue = true;
        return;
      }
    }
  }

  return {
    note() {
      isDue = true;
    },
    fill() {
      if (isRunning || isClosed || !isDue) return;
      isRunning = true;
      run()
        .catch((error: unknown) => isClosed || onDefect(error))
        .finally(() => (isRunning = false));
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
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
