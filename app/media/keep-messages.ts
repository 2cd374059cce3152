import { keptFilesOf } from '#app/local-store/kept-files.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { backoffMs } from '#app/sync/backoff.ts';
import type { Client } from '#app/sync/client.ts';
import { linkCost } from './may-download.ts';

/** The pause between two pages, so that whatever the person does comes first. */
const PAUSE_MS = 250;
/** The fraction of the browser's quota above which nothing is fetched in advance. */
const MOST_USED = 0.8;
const MOST_TRIES = 6;

/**
 * Fetches the earlier messages of each chat as far as the person has chosen, and all messages of chats that are kept offline; the
 * most recently active chats come first. One tab at a time does this. A call waits for the one that is running and then looks again,
 * because that one may be past a chat of which the person has just chosen more. [CL21]
 */
export async function keepMessages(client: KeepingClient, signal?: AbortSignal): Promise<void> {
  // Pages without a secure origin have no locks; there, two tabs may do the same work.
  if (!('locks' in navigator)) return keepInTurn(client, signal);
  const ending = AbortSignal.any([keptFilesOf(client.userId).ended, ...(signal === undefined ? [] : [signal])]);
  try {
    const name = `teamlink-messages-${client.userId}`;
    return await navigator.locks.request(name, { signal: ending }, () => keepInTurn(client, signal));
  } catch (error) {
    // The session or the page has ended while this call waited.
    if (!ending.aborted) throw error;
    return undefined;
  }
}

export type KeepingClient = Pick<Client, 'userId' | 'loadEarlier'> & {
  store: Pick<Client['store'], 'conversation' | 'conversations'>;
};

/** Tries again after a failed answer, because nothing else starts another run while the connection is up. */
async function keepInTurn(client: KeepingClient, signal?: AbortSignal): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (await keepEach(client, signal)) return;
    await pause(backoffMs(tries, Math.random));
  }
}

/** False if an answer failed. */
async function keepEach({ userId, store, loadEarlier }: KeepingClient, signal?: AbortSignal): Promise<boolean> {
  const files = keptFilesOf(userId);
  const rows = (await store.conversations()).toSorted((a, b) => (a.activityAt < b.activityAt ? 1 : -1));
  let hasFailed = false;
  for (const { stream } of rows)
    for (;;) {
      const row = await store.conversation(stream);
      if (row === undefined || !mayLack(row)) break;
      const { depth, offline } = await files.choices();
      if (heldOf(row) >= (offline.includes(stream) ? Infinity : depth)) break;
      if (signal?.aborted === true || files.ended.aborted || linkCost() === 'saving' || !(await hasRoom())) return true;
      if (!(await loadEarlier(stream, 'far'))) {
        // Another run starts once the device has a network again.
        if (!navigator.onLine) return true;
        hasFailed = true;
        break;
      }
      await pause(PAUSE_MS);
    }
  return !hasFailed;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function mayLack({ historyStart, isWhole, membership }: ConversationRow): boolean {
  return !isWhole && historyStart > 1 && membership !== undefined && membership.leftAt === undefined;
}

const heldOf = ({ historyStart, lastSeq }: ConversationRow) => lastSeq - historyStart + 1;

/** Browsers that report nothing are assumed to have room; one that has none refuses the write. */
async function hasRoom(): Promise<boolean> {
  const { usage = 0, quota = Infinity } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  return usage < quota * MOST_USED;
}
