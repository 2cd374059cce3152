import type { OpId } from '#protocol/ids.ts';
import type { Attempt, OutboxRow } from './local-store.ts';
import type { Rows } from './rows.ts';

/*
 * When each attempt to send an op started and how it ended, for people who wonder why it took so long. Nothing depends on it.
 */

/** How many attempts of one op are kept, the last ones. */
const MOST_KEPT = 8;
/** For how many sent messages they are kept, the newest ones. */
const MOST_SENT = 100;

/** The row with another attempt, which starts now. */
export function withAttempt(row: OutboxRow, at: string): OutboxRow {
  const tries = [...(row.tries ?? []), { at }].slice(-MOST_KEPT);
  return { ...row, attempts: row.attempts + 1, state: 'sending', tries };
}

/** Notes how the last attempt ended, unless that is known already. */
export function ended(row: OutboxRow, error: NonNullable<Attempt['error']>): OutboxRow {
  const last = row.tries?.at(-1);
  if (last === undefined || last.error !== undefined) return row;
  return { ...row, tries: [...(row.tries ?? []).slice(0, -1), { ...last, error }] };
}

/** Keeps the attempts of a message that was sent after an attempt had failed. Runs inside its caller's transaction. */
export async function keepTries(rows: Rows, { id, op, queuedAt, attempts, tries = [] }: OutboxRow): Promise<void> {
  if (op.kind !== 'message.send' || tries.every(({ error }) => error === undefined)) return;
  await rows.sendings.put({ id, queuedAt, attempts, tries });
  const ids = (await rows.sendings.toArray()).map((each): OpId => each.id).toSorted();
  if (ids.length > MOST_SENT) await rows.sendings.bulkDelete(ids.slice(0, ids.length - MOST_SENT));
}
