import type { LocalStore } from '#app/local-store/local-store.ts';
import { isHeld } from '#app/local-store/runs.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { limits, MAX_ANSWER_BYTES } from '#protocol/limits.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { HistoryAnswer, HistoryRequest } from '#protocol/verbs.ts';
import { postVerb } from './post-verb.ts';

const HISTORY_PAGE = 60;
/** The bytes allowed for each message on the way far back, so large that the number of messages limits a page. */
const MESSAGE_BYTES = 1_024;
/** On the way far back, a page that came within this time is followed by a larger one, and any other by a smaller one. */
const QUICK_MS = 800;
const GROWTH = 4;
const ANSWER_WITHIN_MS = 20_000;

export type AskHistory = (request: HistoryRequest) => Promise<HistoryAnswer | undefined>;
/** `far`: as many messages as the link brings quickly, for somebody who waits for one that is far back. */
export type HistoryReach = 'page' | 'far';

/** What to fetch of a conversation: the messages before or after a seq, or on both sides of a place. [VB8] [VB12] */
export type HistoryBounds = Pick<HistoryRequest, 'before' | 'after' | 'around' | 'limit' | 'maxBytes'>;

interface HistoryLoaderParts {
  store: Pick<LocalStore, 'conversation' | 'applyHistory'>;
  ask: AskHistory;
}

/** Fetches and stores one answer of messages, wherever in the conversation. Resolves to them; to nothing if none was stored. [CL20] */
export function createHistoryLoader({ store, ask }: HistoryLoaderParts) {
  return async (stream: ConversationId, bounds: HistoryBounds): Promise<MessageRecord[] | undefined> => {
    const window = (await store.conversation(stream))?.window;
    const answer = await ask({ stream, limit: HISTORY_PAGE, ...bounds });
    if (answer === undefined || answer.stream !== stream) return undefined;
    await store.applyHistory({ before: bounds.before, after: bounds.after, around: bounds.around, window }, answer);
    const [first] = answer.records;
    const row = await store.conversation(stream);
    // The store drops an answer that a reset has overtaken. If that counted as a success, callers would ask again and again.
    if (first !== undefined && (row === undefined || !isHeld(row, first.seq))) return undefined;
    return answer.records;
  };
}

export type LoadHistory = ReturnType<typeof createHistoryLoader>;

interface EarlierLoaderParts extends HistoryLoaderParts {
  now: () => number;
}

/** Fetches the messages before the newest window. False if there are none, or no answer came. [VB8] */
export function createEarlierLoader({ store, ask, now }: EarlierLoaderParts) {
  const load = createHistoryLoader({ store, ask });
  let farLimit = HISTORY_PAGE;

  return async (stream: ConversationId, reach: HistoryReach = 'page'): Promise<boolean> => {
    const row = await store.conversation(stream);
    if (row === undefined || row.isWhole) return false;
    const limit = reach === 'far' ? farLimit : HISTORY_PAGE;
    const askedAt = now();
    const records = await load(stream, {
      limit,
      ...(limit > HISTORY_PAGE ? { maxBytes: Math.min(MAX_ANSWER_BYTES, limit * MESSAGE_BYTES) } : {}),
      ...(row.historyStart === 0 ? {} : { before: row.historyStart }),
    });
    const isQuick = records !== undefined && now() - askedAt < QUICK_MS;
    if (isQuick) farLimit = Math.min(limits.page, Math.max(farLimit, limit * GROWTH));
    else farLimit = Math.max(HISTORY_PAGE, Math.floor(farLimit / GROWTH));
    return records !== undefined;
  };
}

/**
 * Over HTTP, so that it works in every tab, whatever the leader's connection is doing. [VB1] If the server says
 * when to retry, it is asked again then, within the same time limit. Otherwise somebody who scrolls fast through a long chat would be left
 * with a gap.
 */
export async function askHistory(userId: UserId, request: HistoryRequest): Promise<HistoryAnswer | undefined> {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  for (;;) {
    const { answer } = await postVerb('history', request, { userId, signal });
    if (answer === undefined || !('error' in answer)) return answer;
    const { retryAfterMs } = answer.error;
    if (retryAfterMs === undefined) return undefined;
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
  }
}

/** Both ways of fetching over HTTP. `onAnswer`: the server has answered. */
export function createHistoryLoaders(store: LocalStore, onAnswer: () => void) {
  const ask: AskHistory = async (request) => {
    const answer = await askHistory(store.userId, request);
    if (answer !== undefined) onAnswer();
    return answer;
  };
  return {
    earlier: createEarlierLoader({ store, ask, now: () => performance.now() }),
    bounded: createHistoryLoader({ store, ask }),
  };
}

export type CreateHistoryLoaders = typeof createHistoryLoaders;
