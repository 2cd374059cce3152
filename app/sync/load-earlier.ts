import type { LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { limits, MAX_ANSWER_BYTES } from '#protocol/limits.ts';
import type { HistoryAnswer, HistoryRequest } from '#protocol/verbs.ts';
import { postVerb } from './post-verb.ts';

const HISTORY_PAGE = 60;
/** The room for a message on the way far back, so that a page is bounded by its messages. */
const MESSAGE_BYTES = 1_024;
/** On the way far back, a page that came within this time is followed by a larger one, and any other by a smaller one. */
const QUICK_MS = 800;
const GROWTH = 4;
const ANSWER_WITHIN_MS = 20_000;

export type AskHistory = (request: HistoryRequest) => Promise<HistoryAnswer | undefined>;
/** `far`: as many messages as the link brings quickly, for somebody who waits for one that is far back. */
export type HistoryReach = 'page' | 'far';

interface HistoryLoaderParts {
  store: Pick<LocalStore, 'conversation' | 'applyHistory'>;
  ask: AskHistory;
  now: () => number;
}

/** Fetches the messages before those held. False if there are none, or no answer came. [VB8] */
export function createHistoryLoader({ store, ask, now }: HistoryLoaderParts) {
  let farLimit = HISTORY_PAGE;

  return async (stream: ConversationId, reach: HistoryReach = 'page'): Promise<boolean> => {
    const row = await store.conversation(stream);
    if (row === undefined || row.isWhole) return false;
    const before = row.historyStart > 0 ? row.historyStart : undefined;
    const limit = reach === 'far' ? farLimit : HISTORY_PAGE;
    const askedAt = now();
    const answer = await ask({
      stream,
      limit,
      ...(limit > HISTORY_PAGE ? { maxBytes: Math.min(MAX_ANSWER_BYTES, limit * MESSAGE_BYTES) } : {}),
      ...(before === undefined ? {} : { before }),
    });
    const isQuick = answer !== undefined && now() - askedAt < QUICK_MS;
    if (isQuick) farLimit = Math.min(limits.page, Math.max(farLimit, limit * GROWTH));
    else farLimit = Math.max(HISTORY_PAGE, Math.floor(farLimit / GROWTH));
    if (answer === undefined || answer.stream !== stream) return false;
    await store.applyHistory({ before, window: row.window }, answer);
    return true;
  };
}

/** Over HTTP, so that it works in every tab, whatever the leader's connection is doing. [VB1] */
export async function askHistory(userId: UserId, request: HistoryRequest): Promise<HistoryAnswer | undefined> {
  const { answer } = await postVerb('history', request, { userId, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  return answer === undefined || 'error' in answer ? undefined : answer;
}
