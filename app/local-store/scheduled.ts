import { overScheduled } from '#app/ops/scheduled-overlay.ts';
import { type UserId, personalStream } from '#protocol/ids.ts';
import type { ScheduledRecord } from '#protocol/record.ts';
import type { OutboxRow } from './local-store.ts';
import type { Rows } from './rows.ts';

/*
 * Messages that wait for their time, in the places in which the server holds them. A place that was emptied keeps its row, so
 * that an earlier version of it that arrives late is ignored. [LV4] [SM1]
 */

/** The row of a message that the server has accepted, until its place arrives. */
const ACCEPTED = 'accepted/';

export async function applyScheduled(rows: Rows, records: readonly ScheduledRecord[]): Promise<void> {
  if (records.length === 0) return;
  const held = await rows.scheduled.bulkGet(records.map(({ id }) => id));
  await rows.scheduled.bulkPut(records.filter(({ rev }, at) => rev > (held[at]?.rev ?? 0)));
  const newest = Math.max(...records.map(({ rev }) => rev));
  const arrived = (await rows.scheduled.toArray()).filter(({ id, rev }) => id.startsWith(ACCEPTED) && rev <= newest);
  await rows.scheduled.bulkDelete(arrived.map(({ id }) => id));
}

/** Shows an accepted op until the record that contains it arrives. `rev`: the rev that it has, or a later one. */
export async function acceptScheduled(
  rows: Rows,
  self: UserId,
  { op, queuedAt }: OutboxRow,
  rev: number,
): Promise<void> {
  if (op.kind !== 'message.schedule' && !('scheduledId' in op)) return;
  const stream = personalStream(self);
  if (((await rows.cursors.get(stream))?.rev ?? 0) >= rev) return;
  const held = (await rows.scheduled.toArray()).filter(({ message }) => message?.conversation === op.stream);
  const before = new Map(held.flatMap((row) => (row.message === null ? [] : [[row.message.id, row] as const])));
  const after = overScheduled(
    held.flatMap(({ message }) => message ?? []),
    op,
    queuedAt,
  );
  if (after === undefined) return;
  const kept = new Set(after.map(({ id }) => id));
  for (const message of after) {
    const row = before.get(message.id);
    if (row?.message === message) continue;
    const place = row ?? { type: 'scheduled' as const, id: `${ACCEPTED}${message.id}`, stream, rev };
    await rows.scheduled.put({ ...place, message });
  }
  for (const [id, row] of before) if (!kept.has(id)) await rows.scheduled.put({ ...row, message: null });
}
