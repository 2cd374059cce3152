import { type Connection, Types } from 'mongoose';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import type { AccountsLog } from './session.ts';

const DAY_MS = 86_400_000;
/** Younger ones may belong to a sign-up in progress on another server over this database. */
const SAFE_AGE_MS = 3_600_000;
const BATCH = 500;

/**
 * Removes the credentials of sign-ups that crashed before their user was written. Nobody can sign in with them, so they would be
 * password hashes without a use. Ids contain the time, so only the last week is scanned.
 */
export async function removeUnfinishedSignUps(connection: Connection, log: AccountsLog): Promise<void> {
  const [accounts, users] = [connection.collection('account'), connection.collection('user')];
  const until = idAt(Date.now() - SAFE_AGE_MS);
  let after = idAt(Date.now() - 7 * DAY_MS);
  let removed = 0;
  for (;;) {
    const batch = await accounts
      .find(
        { _id: { $gt: after, $lt: until } },
        { projection: { userId: 1 }, sort: { _id: 1 }, limit: BATCH, maxTimeMS: QUERY_LIMIT_MS },
      )
      .toArray();
    const last = batch.at(-1);
    if (last === undefined) break;
    after = last._id;
    const ids = batch.map((row) => row['userId'] as Types.ObjectId);
    const existing = await users
      .find({ _id: { $in: ids } }, { projection: { _id: 1 }, maxTimeMS: QUERY_LIMIT_MS })
      .toArray();
    const known = new Set(existing.map(({ _id }) => _id.toHexString()));
    const orphans = batch.filter((row) => !known.has(String(row['userId'])));
    if (orphans.length > 0) await accounts.deleteMany({ _id: { $in: orphans.map(({ _id }) => _id) } });
    removed += orphans.length;
  }
  if (removed > 0) log.info({ removed }, 'credentials of unfinished sign-ups removed');
}

function idAt(timeMs: number): Types.ObjectId {
  return Types.ObjectId.createFromTime(Math.floor(timeMs / 1000));
}
