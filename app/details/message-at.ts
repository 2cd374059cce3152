import type { ConversationRow, Reading } from '#app/local-store/local-store.ts';
import { heldRuns } from '#app/local-store/runs.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';

/**
 * The first message that the server received at this instant or later, or the newest one if there is none. The device answers if
 * it can, because times never decrease along the seqs [ST3]; otherwise one request fetches the message and its neighbours. [VB12]
 * Without an answer it is the first one on the device, below a gap that shows what is missing. Undefined in a chat without
 * messages.
 */
export async function messageAt(
  { store, loadHistory }: Pick<Client, 'store' | 'loadHistory'>,
  stream: ConversationId,
  time: string,
): Promise<OpId | undefined> {
  const held = await store.snapshot(async (reading) => {
    const row = await reading.conversation(stream);
    return row && heldAt(reading, row, time);
  });
  if (held?.isCertain === true) return held.message.id;
  const records = await loadHistory(stream, { around: { time } });
  const found = records?.find(({ createdAt }) => createdAt >= time) ?? records?.at(-1);
  return (found ?? held?.message)?.id;
}

/** The first message on the device that is not earlier, and whether it is certain that none before it is missing. */
async function heldAt(
  reading: Reading,
  row: ConversationRow,
  time: string,
): Promise<{ message: MessageRecord; isCertain: boolean } | undefined> {
  const at = async (seq: number) => (await reading.messages(row.stream, { fromSeq: seq, toSeq: seq }))[0];
  for (const [from, to] of heldRuns(row)) {
    let [low, high] = [from, to + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const message = await at(middle);
      if (message !== undefined && message.createdAt < time) low = middle + 1;
      else high = middle;
    }
    const message = low <= to ? await at(low) : undefined;
    if (message === undefined) continue;
    return { message, isCertain: low > from || low === 1 || (row.isWhole && from === row.historyStart) };
  }
  return row.lastMessage && { message: row.lastMessage, isCertain: true };
}
