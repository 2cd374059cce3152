import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import { blockedPeople } from './blocked.ts';
import type { Rows } from './rows.ts';
import { withMentions, withRead } from './unread.ts';

/** Shows a choice that was queued, or takes it back. */
export async function showBlocked(rows: Rows, self: UserId, chat: ConversationId, on: boolean): Promise<void> {
  if (!isDirect(chat)) return;
  const peer = directPeer(chat, self);
  const before = await blockedPeople(rows);
  if (before.includes(peer) === on) return;
  const others = before.filter((id) => id !== peer);
  await rows.facts.put({ key: 'blocked', value: (on ? [...others, peer] : others).join(' ') });
  await recount(rows, self);
}

/**
 * Counts the unread messages in groups again: without those of blocked people, and with those of people who are no longer
 * blocked. [BL5]
 */
export async function recount(rows: Rows, self: UserId): Promise<void> {
  for (const row of await rows.conversations.toArray()) {
    if (isDirect(row.stream) || row.historyStart === 0) continue;
    // As if everything had been read, and then no longer.
    const allRead = { ...row, ownRead: { seq: row.lastSeq } };
    const before = row.mentioned?.filter((seq) => seq < row.historyStart) ?? [];
    await rows.conversations.put(await withRead(rows, self, allRead, withMentions({ ...row, counted: 0 }, before)));
  }
}
