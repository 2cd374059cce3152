import type { LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { parse } from '#protocol/shape.ts';
import { HistoryAnswer, type HistoryRequest } from '#protocol/verbs.ts';
import { SYNC_PATH } from '#protocol/version.ts';

const HISTORY_PAGE = 60;
const ANSWER_WITHIN_MS = 20_000;

export type AskHistory = (request: HistoryRequest) => Promise<HistoryAnswer | undefined>;

/** Fetches the page of messages before those held. False if there are none, or no answer came. [VB8] */
export async function loadEarlier(store: LocalStore, stream: ConversationId, ask: AskHistory): Promise<boolean> {
  const row = await store.conversation(stream);
  if (row === undefined || row.isWhole) return false;
  const before = row.historyStart > 0 ? row.historyStart : undefined;
  const answer = await ask({ stream, limit: HISTORY_PAGE, ...(before === undefined ? {} : { before }) });
  if (answer === undefined || answer.stream !== stream) return false;
  await store.applyHistory({ before, window: row.window }, answer);
  return true;
}

/** Over HTTP, so that it works in every tab, whatever the leader's socket is doing. [VB1] */
export async function askHistory(request: HistoryRequest): Promise<HistoryAnswer | undefined> {
  try {
    const response = await fetch(`${SYNC_PATH}/history`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const answer = parse(HistoryAnswer, await response.json());
    return response.ok && answer.ok ? answer.value : undefined;
  } catch {
    // Unreachable, interrupted, or an answer that is not ours: the view offers to try again.
    return undefined;
  }
}
