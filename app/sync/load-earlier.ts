import type { LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { HistoryAnswer, HistoryRequest } from '#protocol/verbs.ts';
import { postVerb } from './post-verb.ts';

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

/** Over HTTP, so that it works in every tab, whatever the leader's connection is doing. [VB1] */
export async function askHistory(userId: UserId, request: HistoryRequest): Promise<HistoryAnswer | undefined> {
  const { answer } = await postVerb('history', request, { userId, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  return answer === undefined || 'error' in answer ? undefined : answer;
}
