import type { LocalStore } from '#app/local-store/local-store.ts';
import { type ConversationId, personalStream, type StreamId, type UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { unlessClocksAgree } from './clocks-agree.ts';
import { engineLock } from './engine-lock.ts';
import { planPushes, readyToSend } from './plan-pushes.ts';
import { postVerb } from './post-verb.ts';
import { pullByCursors } from './pull-by-cursors.ts';
import { pushBatch } from './push.ts';
import type { Ask } from './transport.ts';

/*
 * Sync without a page, and so without the engine: in the service worker, over HTTP, during one event. It runs the engine's own
 * pull and push. A page may do the same at the same time, because neither end applies a page of records or an op twice.
 */

/** `onServerAhead` is called with each answer that has the server's time; with undefined if the clocks agree. */
export function askOverHttp(
  userId: UserId,
  signal: AbortSignal,
  onServerAhead: (aheadMs: number | undefined) => void,
): Ask {
  return async (verb, request) => {
    const { answer, serverAheadMs } = await postVerb(verb, request, { userId, signal });
    if (serverAheadMs !== undefined) onServerAhead(unlessClocksAgree(serverAheadMs));
    return answer;
  };
}

/** Brings the person's own stream and these to the server's head. Resolves to whether that succeeded. [CL13] */
export async function pullOnce(store: LocalStore, ask: Ask, streams: readonly StreamId[]): Promise<boolean> {
  const parts = { store, ask, digestCells: () => undefined, onPage: () => undefined, onProgress: () => undefined };
  const pulled = await pullByCursors(parts, [personalStream(store.userId), ...streams]);
  return pulled.kind === 'done';
}

/**
 * Sends what is queued, in order. `isAlone`: no page leads, so ops that an earlier one left in flight are sent again too.
 * Resolves to whether everything was sent that can be sent without a page; only a page uploads files. [CL13] [CL14]
 */
export async function sendQueued(store: LocalStore, ask: Ask, isAlone: boolean): Promise<boolean> {
  if (isAlone) await store.requeue();
  const waiting = new Set<ConversationId>();
  for (;;) {
    const rows = readyToSend(await store.outbox());
    const batches = planPushes(rows, (stream) => ({
      isHeldBack: waiting.has(stream),
      isIsolated: false,
      maxOps: limits.ops,
    }));
    if (batches.length === 0) return rows.length === 0;
    for (const batch of batches) {
      const parts = { store, ask, mayLead: () => Promise.resolve(true), onSent: () => undefined };
      const pushed = await pushBatch(parts, batch.rows, false);
      if (pushed.kind !== 'answered') return false;
      for (const stream of pushed.waits.keys()) waiting.add(stream);
    }
  }
}

/** Runs `work` under the lock by which one tab leads, if no tab has it: then a tab that starts meanwhile waits. [CL5] */
export async function underLock<T>(userId: UserId, work: (isAlone: boolean) => Promise<T>): Promise<T> {
  let working: Promise<T> | undefined;
  try {
    await navigator.locks.request(engineLock(userId), { ifAvailable: true }, (lock) => {
      working = work(lock !== null);
      return working;
    });
  } catch (error) {
    // A tab has stolen the lock from us. Both go on, as they would without locks.
    if (working === undefined) throw error;
  }
  return working ?? work(false);
}
