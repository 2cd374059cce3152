import type { ConversationId } from '#protocol/ids.ts';
import { queuedReadMark } from './outbox-rows.ts';
import { emptyConversation, type Rows, type StoredConversation } from './rows.ts';

/** The person has joined again. What they could read before may have changed since, so it is fetched again. */
export async function dropReadBefore(rows: Rows, row: StoredConversation): Promise<StoredConversation> {
  await rows.cursors.delete(row.stream);
  await rows.dropMessages(row.stream, Number.MAX_SAFE_INTEGER);
  await rows.dropMembers(row.stream);
  return withoutRecords(rows, row);
}

/** Removes everything of a conversation that the person has left from their device, including unsent text. */
export async function forgetLeft(rows: Rows, stream: ConversationId): Promise<void> {
  const row = await rows.conversations.get(stream);
  if (row?.membership?.leftAt === undefined) return;
  await rows.outbox.bulkDelete((await rows.outboxOf(stream)).map(({ id }) => id));
  await rows.drafts.put({ stream, text: '', version: Date.now(), shared: '', unconfirmed: [] });
  const { knownAs: _name, ...rest } = await dropReadBefore(rows, row);
  await rows.conversations.put(rest);
}

/** The row of a conversation without its records. */
export async function withoutRecords(rows: Rows, row: StoredConversation): Promise<StoredConversation> {
  const { stream, membership, creation } = row;
  const mark = await queuedReadMark(rows, stream);
  const title = row.record === undefined ? row.knownAs : row.record.title;
  return {
    ...emptyConversation(stream, row.activityAt),
    ...(membership === undefined ? {} : { membership }),
    ...(mark === undefined ? {} : { ownRead: { seq: mark } }),
    ...(creation === undefined ? {} : { creation, isWhole: true }),
    ...(title === undefined ? {} : { knownAs: title }),
  };
}

/** Removes a conversation if nothing of it is held, created here or queued. */
export async function removeIfEmpty(rows: Rows, stream: ConversationId): Promise<void> {
  const row = await rows.conversations.get(stream);
  if (row === undefined || row.record !== undefined || row.membership !== undefined || row.creation !== undefined)
    return;
  if ((await rows.cursors.get(stream)) !== undefined || (await rows.outboxOf(stream)).length > 0) return;
  await rows.conversations.delete(stream);
}
