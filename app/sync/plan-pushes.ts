import type { OutboxRow } from '#app/local-store/local-store.ts';
import { isToSend } from '#app/local-store/outbox-rows.ts';
import { fileQueue } from '#app/ops/file-queue.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { PUSH_SPLIT_BYTES, limits } from '#protocol/limits.ts';

/** How a stream's ops may be sent now: not at all (`isHeldBack`), or up to `maxOps` in a push, alone or with other streams. */
export interface PushLimits {
  isHeldBack: boolean;
  isIsolated: boolean;
  maxOps: number;
}

export interface Batch {
  rows: OutboxRow[];
  /** False for the push of an isolated stream, which may have made an earlier push fail. */
  isShared: boolean;
}

/** The rows of the outbox that may be sent now: they don't wait for a file, nor for another op that does. [CL14] [ST5] */
export function readyToSend(rows: readonly OutboxRow[]): OutboxRow[] {
  const toSend = rows.filter(isToSend);
  const waitsFor = fileQueue(toSend.map(({ op }) => op));
  return toSend.filter(({ op }) => waitsFor(op) === undefined);
}

const utf8 = new TextEncoder();

/**
 * Plans pushes that may be in flight at the same time. `rows` come in the order of sending; each stream is in one push at most,
 * with its ops in order. A push holds at most `limits.ops` ops, and `maxBytes` or PUSH_SPLIT_BYTES, unless a single op is larger. [CL2] [CL10] [ST5]
 */
export function planPushes(
  rows: readonly OutboxRow[],
  limitsOf: (stream: ConversationId) => PushLimits,
  maxBytes = PUSH_SPLIT_BYTES,
): Batch[] {
  const splitBytes = Math.min(maxBytes, PUSH_SPLIT_BYTES);
  type Filling = Batch & { bytes: number };
  const batches: Filling[] = [];
  const batchOf = new Map<ConversationId, Filling>();
  /** Streams whose next op did not fit: their later ops must not overtake it. */
  const full = new Set<ConversationId>();
  const open = (isShared: boolean): Filling => {
    const batch = { rows: [], bytes: 0, isShared };
    batches.push(batch);
    return batch;
  };

  for (const row of rows) {
    const { stream } = row;
    const allowed = limitsOf(stream);
    if (allowed.isHeldBack || full.has(stream)) continue;
    const bytes = utf8.encode(JSON.stringify(row.op)).length;
    const hasRoom = (batch: Filling) =>
      batch.rows.length === 0 || (batch.rows.length < limits.ops && batch.bytes + bytes <= splitBytes);
    let batch = batchOf.get(stream);
    if (batch !== undefined) {
      const ofStream = batch.rows.filter((one) => one.stream === stream).length;
      if (!hasRoom(batch) || ofStream >= allowed.maxOps) {
        full.add(stream);
        continue;
      }
    } else if (allowed.isIsolated) batch = open(false);
    else batch = batches.find((one) => one.isShared && hasRoom(one)) ?? open(true);
    batch.rows.push(row);
    batch.bytes += bytes;
    batchOf.set(stream, batch);
  }
  return batches.map(({ rows, isShared }) => ({ rows, isShared }));
}
