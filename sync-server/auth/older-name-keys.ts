import { type Connection, Types } from 'mongoose';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import { NAME_KEYS_VERSION, nameKeys } from './name-search.ts';
import type { AccountsLog } from './session.ts';

const BATCH = 200;

/**
 * Rewrites the search keys of all names whose keys are from an older version. If it is killed, it runs again; once it is
 * complete, that is stored, so that later starts do not read all people in vain. [HT3]
 */
export async function rewriteOlderNameKeys(connection: Connection, log: AccountsLog): Promise<void> {
  const done = connection.collection<{ _id: string }>('meta');
  const _id = `name keys ${NAME_KEYS_VERSION}`;
  if ((await done.findOne({ _id })) !== null) return;
  const users = connection.collection('user');
  let after = new Types.ObjectId('0'.repeat(24));
  let rewritten = 0;
  for (;;) {
    const batch = await users
      .find(
        { _id: { $gt: after }, nameKeysVersion: { $ne: NAME_KEYS_VERSION } },
        { projection: { name: 1 }, sort: { _id: 1 }, limit: BATCH, maxTimeMS: QUERY_LIMIT_MS },
      )
      .toArray();
    const last = batch.at(-1);
    if (last === undefined) break;
    after = last._id;
    for (const { _id, name } of batch) {
      // Not if the person has changed their name in between, because the keys are then new already.
      await users.updateOne({ _id, name }, { $set: nameKeys(String(name), _id.toHexString()) });
      rewritten += 1;
    }
  }
  await done.updateOne({ _id }, { $setOnInsert: { isDone: true } }, { upsert: true });
  if (rewritten > 0) log.info({ rewritten }, 'search keys of names rewritten');
}
