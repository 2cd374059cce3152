import type { LocalStore, OutboxRow } from '#app/local-store/local-store.ts';
import { isRetryable } from '#protocol/errors.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { PUSH_SPLIT_BYTES, limits } from '#protocol/limits.ts';
import type { Op } from '#protocol/op.ts';
import type { Transport } from './transport.ts';

/** How a round ended: nothing is left, the connection is gone, or some must wait. */
export type Pushed = { kind: 'done' } | { kind: 'lost' } | { kind: 'wait'; ms?: number } | { kind: 'refused' };

/** Sends what waits, oldest first, one push at a time: so at most one is in flight per stream. [CL2] [ST5] */
export async function pushOutbox(store: LocalStore, transport: Transport, mayGoOn: () => boolean): Promise<Pushed> {
  for (;;) {
    const batch = nextBatch(await store.outbox());
    if (batch.length === 0) return { kind: 'done' };
    const ids = batch.map((row) => row.id);
    const before = await store.beginAttempt(ids);
    // A leader that was frozen may have been replaced while it slept. [CL5]
    if (!mayGoOn()) return { kind: 'lost' };
    const ops: Op[] = batch.map(({ op }) => (before.has(op.id) ? { ...op, retry: true } : op));
    const answer = await transport.ask('push', { ops });
    if (answer === undefined) {
      await store.requeue(ids);
      return { kind: 'lost' };
    }
    if ('error' in answer) {
      await store.requeue(ids);
      const { code, retryAfterMs } = answer.error;
      if (code === 'unauthorized' || code === 'upgrade_required') return { kind: 'refused' };
      return retryAfterMs === undefined ? { kind: 'wait' } : { kind: 'wait', ms: retryAfterMs };
    }
    await store.settle(answer.results);
    const retryable = answer.results.flatMap((result) =>
      !result.ok && isRetryable(result.error.code) ? [result.error] : [],
    );
    if (retryable.length > 0) {
      const waits = retryable.flatMap(({ retryAfterMs }) => (retryAfterMs === undefined ? [] : [retryAfterMs]));
      return waits.length === 0 ? { kind: 'wait' } : { kind: 'wait', ms: Math.max(...waits) };
    }
  }
}

/** The oldest ops that may leave: none of a stream whose earlier op is still under way. */
function nextBatch(rows: readonly OutboxRow[]): OutboxRow[] {
  const underWay = new Set<ConversationId>(rows.filter((row) => row.state === 'sending').map((row) => row.stream));
  const batch: OutboxRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (row.state !== 'queued' || underWay.has(row.stream)) continue;
    // UTF-8 takes at most 3 bytes for a code unit; counting them so is never too little.
    bytes += JSON.stringify(row.op).length * 3;
    if (batch.length > 0 && (bytes > PUSH_SPLIT_BYTES || batch.length >= limits.ops)) break;
    batch.push(row);
  }
  return batch;
}
