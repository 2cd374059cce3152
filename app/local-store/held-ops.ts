import type { OpId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { asQueued, enqueueOps } from './outbox-rows.ts';
import type { Rows } from './rows.ts';

/*
 * Ops that their person may undo for a few seconds. They are durable and shown at once, like every op, and not sent yet. [CL17]
 * Their place in the order is decided when they are released, so that no other op waits for them.
 */

/** The op that creates a direct chat is not held, because it waits for the chat's first message anyway. */
export async function holdOps(rows: Rows, self: UserId, ops: readonly Op[], queuedAt: string): Promise<void> {
  const held = new Set(ops.map(({ id }) => id));
  for (const row of await enqueueOps(rows, self, ops, queuedAt, false))
    if (held.has(row.id)) await rows.outbox.put({ ...row, isHeld: true });
}

export async function releaseOps(rows: Rows, ids: readonly OpId[]): Promise<void> {
  let order = await rows.lastOrder();
  for (const row of await rows.outbox.bulkGet([...ids])) {
    if (row?.isHeld === undefined) continue;
    order += 1;
    await rows.outbox.put({ ...asQueued(row), order });
  }
}
