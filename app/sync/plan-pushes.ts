import type { OutboxRow } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { PUSH_SPLIT_BYTES, limits } from '#protocol/limits.ts';

/** How a stream's ops may leave now: not at all, or with at most so many in a push, and alone or beside other streams. */
export interface Leave {
  isHeld: boolean;
  isAlone: boolean;
  most: number;
}

export interface Batch {
  rows: OutboxRow[];
  /** Of several streams, or of one that nothing is wrong with. */
  isShared: boolean;
}

const utf8 = new TextEncoder();

/**
 * What may leave now, as pushes that can be in flight side by side: `rows` in leaving order, a stream in one push at most
 * and its ops in their order; at most `limits.ops` ops and PUSH_SPLIT_BYTES each, unless a single op is larger. [CL2] [ST5]
 */
export function planPushes(rows: readonly OutboxRow[], leaveOf: (stream: ConversationId) => Leave): Batch[] {
  type Filling = Batch & { bytes: number };
  const batches: Filling[] = [];
  const batchOf = new Map<ConversationId, Filling>();
  /** Streams whose next op must wait for the next push; what follows it must not overtake it. */
  const full = new Set<ConversationId>();
  const open = (isShared: boolean): Filling => {
    const batch = { rows: [], bytes: 0, isShared };
    batches.push(batch);
    return batch;
  };

  for (const row of rows) {
    const { stream } = row;
    const leave = leaveOf(stream);
    if (leave.isHeld || full.has(stream)) continue;
    const bytes = utf8.encode(JSON.stringify(row.op)).length;
    const hasRoom = (batch: Filling) =>
      batch.rows.length === 0 || (batch.rows.length < limits.ops && batch.bytes + bytes <= PUSH_SPLIT_BYTES);
    let batch = batchOf.get(stream);
    if (batch !== undefined) {
      const ofStream = batch.rows.filter((one) => one.stream === stream).length;
      if (!hasRoom(batch) || ofStream >= leave.most) {
        full.add(stream);
        continue;
      }
    } else if (leave.isAlone) batch = open(false);
    else batch = batches.find((one) => one.isShared && hasRoom(one)) ?? open(true);
    batch.rows.push(row);
    batch.bytes += bytes;
    batchOf.set(stream, batch);
  }
  return batches.map(({ rows, isShared }) => ({ rows, isShared }));
}
