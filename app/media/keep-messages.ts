import { keptFilesOf } from '#app/local-store/kept-files.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { Client } from '#app/sync/client.ts';
import { linkCost } from './may-download.ts';

/** The pause between two pages, so that whatever the person does comes first. */
const PAUSE_MS = 250;
/** The fraction of the browser's quota above which nothing is fetched in advance. */
const MOST_USED = 0.8;

/**
 * Fetches the earlier messages of each chat as far as the person has chosen, and all messages of chats that are kept offline; the
 * most recently active chats come first. One tab at a time does this. [CL21]
 */
export async function keepMessages(client: KeepingClient, signal?: AbortSignal): Promise<void> {
  // Pages without a secure origin have no locks; there, two tabs may do the same work.
  if (!('locks' in navigator)) return keepInTurn(client, signal);
  const name = `teamlink-messages-${client.userId}`;
  await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await keepInTurn(client, signal);
  });
  return undefined;
}

export type KeepingClient = Pick<Client, 'userId' | 'loadEarlier'> & {
  store: Pick<Client['store'], 'conversation' | 'conversations'>;
};

async function keepInTurn({ userId, store, loadEarlier }: KeepingClient, signal?: AbortSignal): Promise<void> {
  const files = keptFilesOf(userId);
  const { depth, offline } = await files.choices();
  const rows = (await store.conversations()).toSorted((a, b) => (a.activityAt < b.activityAt ? 1 : -1));
  for (const { stream } of rows) {
    const wanted = offline.includes(stream) ? Infinity : depth;
    for (
      let row = await store.conversation(stream);
      row !== undefined && mayLack(row) && heldOf(row) < wanted;
      row = await store.conversation(stream)
    ) {
      if (signal?.aborted === true || files.ended.aborted || linkCost() === 'saving' || !(await hasRoom())) return;
      // None came: the connection may be gone, and the next run continues here.
      if (!(await loadEarlier(stream, 'far'))) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function mayLack({ historyStart, isWhole, membership }: ConversationRow): boolean {
  return !isWhole && historyStart > 1 && membership !== undefined && membership.leftAt === undefined;
}

const heldOf = ({ historyStart, lastSeq }: ConversationRow) => lastSeq - historyStart + 1;

/** Browsers that report nothing are assumed to have room; one that has none refuses the write. */
async function hasRoom(): Promise<boolean> {
  const { usage = 0, quota = Infinity } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  return usage < quota * MOST_USED;
}
