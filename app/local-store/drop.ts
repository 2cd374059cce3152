import { isConversation, isPersonal, type ConversationId, type StreamId, type UserId } from '#protocol/ids.ts';
import { ownMarkOf, sentHere, waitingAgain } from './outbox-rows.ts';
import { emptyConversation, type Rows, type StoredConversation } from './rows.ts';
import { withRead } from './unread.ts';

/*
 * What a reset takes away. What the person has written and what waits to leave is not the server's to drop: such a
 * conversation keeps its place, so that what becomes of its ops is seen. [CL4] [VB6]
 */

/** Another life of the database: nothing replicated is of worth any more. */
export async function dropEverything(rows: Rows): Promise<void> {
  const all = await rows.conversations.toArray();
  for (const table of [rows.cursors, rows.members, rows.messages, rows.conversations]) await table.clear();
  // Accepted in a life that may have been undone: asked again, it is answered as before, or takes effect now.
  const waiting = await rows.outboxOf();
  const sent = waiting.filter((row) => row.state === 'sent');
  await rows.outbox.bulkPut(sent.map(waitingAgain));
  const owned = new Set(waiting.map((row) => row.stream));
  for (const row of all) {
    if (row.begun === undefined && !owned.has(row.stream)) continue;
    const { membership: _membership, ...rest } = row;
    await rows.conversations.put(await bare(rows, rest));
  }
}

export async function dropStream(rows: Rows, self: UserId, stream: StreamId, isUnreadable: boolean): Promise<void> {
  await rows.cursors.delete(stream);
  if (isPersonal(stream)) return dropMemberships(rows, self);
  if (!isConversation(stream)) return;
  await rows.dropMessages(stream, Number.MAX_SAFE_INTEGER);
  await rows.dropMembers(stream);
  if (isUnreadable) await sentHere(rows, self, stream, [], Number.POSITIVE_INFINITY);
  const row = await rows.conversations.get(stream);
  if (row === undefined) return;
  // The membership is the personal stream's, whose cursor is past it: also one that was left, or an older page would
  // bring it back as it was.
  await rows.conversations.put(await bare(rows, row));
  await tidy(rows, stream);
}

/** What remains of a conversation whose records are dropped. */
async function bare(rows: Rows, row: StoredConversation): Promise<StoredConversation> {
  const { stream, membership, begun } = row;
  const mark = await ownMarkOf(rows, stream);
  const title = row.record === undefined ? row.knownAs : row.record.title;
  return {
    ...emptyConversation(stream, row.activityAt),
    ...(membership === undefined ? {} : { membership }),
    ...(mark === undefined ? {} : { ownRead: { seq: mark } }),
    ...(begun === undefined ? {} : { begun, isWhole: true }),
    ...(title === undefined ? {} : { knownAs: title }),
  };
}

async function dropMemberships(rows: Rows, self: UserId): Promise<void> {
  for (const row of await rows.conversations.toArray()) {
    if (row.membership === undefined) continue;
    const { membership: _membership, ...next } = row;
    await rows.conversations.put(await withRead(rows, self, row, next));
    await tidy(rows, row.stream);
  }
}

/** A conversation of which nothing is held, begun or queued is none. */
export async function tidy(rows: Rows, stream: ConversationId): Promise<void> {
  const row = await rows.conversations.get(stream);
  if (row === undefined || row.record !== undefined || row.membership !== undefined || row.begun !== undefined) return;
  if ((await rows.cursors.get(stream)) !== undefined || (await rows.outboxOf(stream)).length > 0) return;
  await rows.conversations.delete(stream);
}
