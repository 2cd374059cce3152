import { isConversation, isPersonal, type ConversationId, type StreamId, type UserId } from '#protocol/ids.ts';
import { removeIfEmpty, withoutRecords } from './drop.ts';
import { forgetBlocked } from './note-blocked.ts';
import { removeSent, asQueued } from './outbox-rows.ts';
import type { Rows, StoredConversation } from './rows.ts';
import { withRead } from './unread.ts';

/*
 * Drops what a reset invalidates. Drafts and queued ops are never dropped: a conversation that has any keeps its row, so that the
 * person sees what becomes of them. [CL4] [VB6]
 */

/** For another epoch of the database: everything replicated is invalid. */
export async function dropEverything(rows: Rows, self: UserId): Promise<void> {
  const all = await rows.conversations.toArray();
  for (const table of [rows.cursors, rows.members, rows.messages, rows.conversations, rows.scheduled])
    await table.clear();
  await forgetBlocked(rows, self);
  // It was accepted in an epoch whose end may have been lost. If it is sent again, the op is answered as before, or takes effect
  // now. [AP3]
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
  // Messages that the person could read before they left stay on the device.
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

async function dropMemberships(rows: Rows, self: UserId): Promise<void> {
  await forgetBlocked(rows, self);
  await rows.scheduled.clear();
  for (const row of await rows.conversations.toArray()) {
    if (row.membership === undefined) continue;
    const { membership: _membership, ...next } = row;
    await rows.conversations.put(await withRead(rows, self, row, next));
    await removeIfEmpty(rows, row.stream);
  }
}
