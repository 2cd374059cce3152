import type { OutboxRow, Written } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';

/*
 * Updates what a view has read with a later write. What cannot be decided from the write alone, such as a message that would
 * leave a gap, stays as it is until the live query has read again a moment later.
 */

/** `outbox`: the ops of this chat, in the order of sending. */
export function withWrittenOps(outbox: OutboxRow[], stream: ConversationId, { ops }: Written): OutboxRow[] {
  const isChanged = [...ops].some(([id, row]) => row?.stream === stream || outbox.some((held) => held.id === id));
  if (!isChanged) return outbox;
  const added = [...ops.values()].filter((row) => row?.stream === stream) as OutboxRow[];
  return [...outbox.filter(({ id }) => !ops.has(id)), ...added].sort((a, b) => a.order - b.order);
}

/** `messages`: those of this chat without a gap, ascending by seq. */
export function withWrittenMessages(
  messages: MessageRecord[],
  stream: ConversationId,
  written: Written,
): MessageRecord[] {
  let next = messages;
  const added = [...written.messages.values()].filter((message) => message.stream === stream);
  for (const message of added.sort((a, b) => a.seq - b.seq)) {
    const last = next.at(-1);
    if (last === undefined) continue;
    if (message.seq === last.seq + 1) next = [...next, message];
    else {
      const at = next.findIndex(({ seq }) => seq === message.seq);
      const held = next[at];
      const isNewer = held !== undefined && (written.isExpected ? message.rev > held.rev : message.rev >= held.rev);
      if (isNewer && held !== message) next = next.with(at, message);
    }
  }
  return next;
}
