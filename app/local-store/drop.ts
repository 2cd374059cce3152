import type { ConversationId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { isToSend, queuedReadMark } from './outbox-rows.ts';
import { emptyConversation, type Rows, type StoredConversation } from './rows.ts';

/** The person has joined again. What they could read before may have changed since, so it is fetched again. */
export async function dropReadBefore(rows: Rows, row: StoredConversation): Promise<StoredConversation> {
  await rows.cursors.delete(row.stream);
  await rows.dropMessages(row.stream, Number.MAX_SAFE_INTEGER);
  await rows.dropMembers(row.stream);
  return withoutRecords(rows, row);
}

/** What somebody who has left a conversation may still send there. [SM2] [GL4] */
const SENT_AFTER_LEAVING: readonly Op['kind'][] = ['scheduled.cancel', 'member.join'];

/** Removes everything of a conversation that the person has left from their device, including unsent text and unfinished edits. */
export async function forgetLeft(rows: Rows, stream: ConversationId): Promise<void> {
  const row = await rows.conversations.get(stream);
  if (row?.membership?.leftAt === undefined) return;
  const waiting = await rows.outboxOf(stream);
  const useless = waiting.filter((each) => !isToSend(each) || !SENT_AFTER_LEAVING.includes(each.op.kind));
  await rows.outbox.bulkDelete(useless.map(({ id }) => id));
  const edits = (await rows.edits.toArray()).filter((edit) => edit.stream === stream);
  await rows.edits.bulkDelete(edits.map(({ id }) => id));
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
