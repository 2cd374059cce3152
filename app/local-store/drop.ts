import { isConversation, isPersonal, type ConversationId, type StreamId, type UserId } from '#protocol/ids.ts';
import { queuedReadMark, removeSent, asQueued } from './outbox-rows.ts';
import { emptyConversation, type Rows, type StoredConversation } from './rows.ts';
import { withRead } from './unread.ts';

/*
 * Drops what a reset invalidates. The server cannot drop drafts and queued ops: a conversation that has any keeps its row, so that
 * the person sees what becomes of them. [CL4] [VB6]
 */

/** For another epoch of the database: everything replicated is invalid. */
export async function dropEverything(rows: Rows): Promise<void> {
  const all = await rows.conversations.toArray();
  for (const table of [rows.cursors, rows.members, rows.messages, rows.conversations]) await table.clear();
  // Accepted in an epoch whose end may have been lost. Sent again, the op is answered as before, or takes effect now. [AP3]
  const waiting = await rows.outboxOf();
  const sent = waiting.filter((row) => row.state === 'sent');
  await rows.outbox.bulkPut(sent.map(asQueued));
  const owned = new Set(waiting.map((row) => row.stream));
  for (const row of all) {
    if (row.creation === undefined && !owned.has(row.stream)) continue;
    const { membership: _membership, ...rest } = row;
    await rows.conversations.put(await withoutRecords(rows, rest));
  }
}

export async function dropStream(rows: Rows, self: UserId, stream: StreamId, isUnreadable: boolean): Promise<void> {
  await rows.cursors.delete(stream);
  if (isPersonal(stream)) return dropMemberships(rows, self);
  if (!isConversation(stream)) return;
  if (isUnreadable) await removeSent(rows, self, stream, [], Number.POSITIVE_INFINITY);
  const row = await rows.conversations.get(stream);
  // What the person could read before they left stays, as on paper that they had printed.
  if (isUnreadable && row?.membership?.leftAt !== undefined) return;
  await dropRecords(rows, stream, row);
}

/** Drops the records of a conversation; its membership belongs to the personal stream. */
async function dropRecords(rows: Rows, stream: ConversationId, row: StoredConversation | undefined): Promise<void> {
  await rows.dropMessages(stream, Number.MAX_SAFE_INTEGER);
  await rows.dropMembers(stream);
  if (row === undefined) return;
  // The membership belongs to the personal stream, whose cursor is past it, so it stays; even one that was left, or a page that was
  // requested earlier would restore its previous version.
  await rows.conversations.put(await withoutRecords(rows, row));
  await removeIfEmpty(rows, stream);
}

/** The person has joined again: what they could read before may have changed since, and is fetched again. */
export async function dropReadBefore(rows: Rows, row: StoredConversation): Promise<StoredConversation> {
  await rows.cursors.delete(row.stream);
  await rows.dropMessages(row.stream, Number.MAX_SAFE_INTEGER);
  await rows.dropMembers(row.stream);
  return withoutRecords(rows, row);
}

/** Removes everything of a conversation that the person has left from their device, with the words that they left in it. */
export async function forgetLeft(rows: Rows, stream: ConversationId): Promise<void> {
  const row = await rows.conversations.get(stream);
  if (row?.membership?.leftAt === undefined) return;
  await rows.outbox.bulkDelete((await rows.outboxOf(stream)).map(({ id }) => id));
  await rows.drafts.put({ stream, text: '', version: Date.now(), shared: '', unconfirmed: [] });
  const { knownAs: _name, ...rest } = await dropReadBefore(rows, row);
  await rows.conversations.put(rest);
}

/** The row of a conversation without its records. */
async function withoutRecords(rows: Rows, row: StoredConversation): Promise<StoredConversation> {
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

async function dropMemberships(rows: Rows, self: UserId): Promise<void> {
  for (const row of await rows.conversations.toArray()) {
    if (row.membership === undefined) continue;
    const { membership: _membership, ...next } = row;
    await rows.conversations.put(await withRead(rows, self, row, next));
    await removeIfEmpty(rows, row.stream);
  }
}

/** Removes a conversation of which nothing is held, created here or queued. */
export async function removeIfEmpty(rows: Rows, stream: ConversationId): Promise<void> {
  const row = await rows.conversations.get(stream);
  if (row === undefined || row.record !== undefined || row.membership !== undefined || row.creation !== undefined)
    return;
  if ((await rows.cursors.get(stream)) !== undefined || (await rows.outboxOf(stream)).length > 0) return;
  await rows.conversations.delete(stream);
}
