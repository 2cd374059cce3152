import { isDirect, type ConversationId, type OpId, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';

/**
 * The messages as they look to a person who has blocked people. In a direct chat, withheld messages are not shown at all. In a
 * group, each message of a blocked person is a line without its content until it is opened, and their reactions are not shown.
 * [BL2] [BL5]
 */
export function withoutBlocked(
  messages: readonly MessageRecord[],
  stream: ConversationId,
  blocked: readonly UserId[],
  opened: ReadonlySet<OpId> = NONE,
): readonly MessageRecord[] {
  if (isDirect(stream))
    return messages.some(({ withheld }) => withheld) ? messages.filter(({ withheld }) => withheld !== true) : messages;
  if (blocked.length === 0) return messages;
  return messages.map((message) =>
    blocked.includes(message.senderId) && message.event === undefined && !opened.has(message.id)
      ? placeOf(message)
      : withoutReactions(message, blocked),
  );
}

/** The seqs of the messages that are held and not shown. */
export function hiddenIn(held: readonly MessageRecord[], shown: readonly MessageRecord[]): readonly number[] {
  if (held.length === shown.length) return NOTHING;
  const seqs = new Set(shown.map(({ seq }) => seq));
  return held.flatMap(({ seq }) => (seqs.has(seq) ? [] : [seq]));
}

const NOTHING: readonly number[] = [];
const NONE: ReadonlySet<OpId> = new Set();

function withoutReactions(message: MessageRecord, blocked: readonly UserId[]): MessageRecord {
  const all = Object.entries(message.reactions);
  if (!all.some(([, by]) => by.some((id) => blocked.includes(id)))) return message;
  const kept = all
    .map(([emoji, by]) => [emoji, by.filter((id) => !blocked.includes(id))] as const)
    .filter(([, by]) => by.length > 0);
  return { ...message, reactions: Object.fromEntries(kept) };
}

/** Marked as deleted, so that no action is offered for it. */
function placeOf(message: MessageRecord): MessageRecord {
  const nothing = { text: '', attachments: [], reactions: {} };
  return { ...message, ...nothing, deletedAt: message.createdAt, withheld: true };
}
