import type { UserId } from '#protocol/ids.ts';
import { MAX_DIGEST_CELLS } from '#protocol/limits.ts';
import type { AnswerOf, RequestOf, Verb } from '#protocol/verbs.ts';
import { PROGRESS_WITHIN_MS, type OpenWay, type WayEvents } from './open-way.ts';
import { postVerb } from './post-verb.ts';

/** How often everything is pulled while nobody announces changes. Browsers slow down the timers of hidden pages further. */
const PULL_EVERY_MS = 10_000;

interface PostsParts {
  userId: UserId;
  url?: string | undefined;
  headers?: Record<string, string> | undefined;
  /** Multiplies the time limit of the first request. */
  patience: number;
  /** For tests. */
  pullEveryMs?: number | undefined;
}

/**
 * The verbs over HTTP, as a connection: it is welcomed by its first answer, and lost with the first request that gets no answer
 * from our server. Nothing arrives unless asked for; `due` says when to pull, and ephemeral events are dropped. [CL9]
 */
export function openPosts(parts: PostsParts, events: WayEvents): OpenWay {
  const { userId, url, headers, patience, pullEveryMs = PULL_EVERY_MS } = parts;
  const ending = new AbortController();
  let waiting = 0;
  let serverAheadMs: number | undefined;
  let isOver = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  function close(): void {
    isOver = true;
    clearInterval(timer);
    ending.abort();
  }
  const end: WayEvents['lost'] = (why) => {
    if (isOver) return;
    close();
    events.lost(why);
  };

  async function ask<K extends Verb>(verb: K, request: RequestOf<K>, signal?: AbortSignal) {
    if (isOver) return undefined;
    waiting += 1;
    const posted = await postVerb(verb, request, {
      userId,
      url,
      headers,
      signal: signal === undefined ? ending.signal : AbortSignal.any([signal, ending.signal]),
      heard: (characters) => isOver || events.heard(characters),
    });
    waiting -= 1;
    serverAheadMs = posted.serverAheadMs;
    if (isOver) return undefined;
    if (posted.answer === undefined) {
      const { obstacle } = posted;
      end(obstacle === undefined ? { kind: 'lost' } : { kind: 'lost', obstacle });
    }
    return posted.answer;
  }

  /** The smallest request shows whether the verbs work, and whether the session is this person's. */
  async function begin(): Promise<void> {
    const timeout = AbortSignal.timeout(PROGRESS_WITHIN_MS * patience);
    const sentMs = Date.now();
    const answer: AnswerOf<'pull'> | undefined = await ask('pull', { cursors: {}, only: [] }, timeout);
    if (timeout.aborted) events.hung();
    if (isOver || answer === undefined) return;
    if ('error' in answer) return end({ kind: 'refused', error: answer.error });
    timer = setInterval(() => events.due(), pullEveryMs);
    const serverTime =
      serverAheadMs === undefined ? {} : { serverTime: new Date(Date.now() + serverAheadMs).toISOString() };
    // No welcome announces it here. A server that knows no digests answers `invalid`, and gets the cursors.
    const welcomed = { userId, digest: MAX_DIGEST_CELLS, ...serverTime };
    events.welcome(welcomed, false, { ms: Date.now() - sentMs, isOverHttp: true });
  }
  void begin();

  return { close, isBusy: () => waiting > 0, emit: () => undefined, ask };
}
