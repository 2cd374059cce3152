import type { ViewStore } from '#app/local-store/local-store.ts';
import { matchesName } from '#protocol/fold.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { byNewest } from './merged-hits.ts';

export interface DeviceSearch {
  store: Pick<ViewStore, 'conversations' | 'messages' | 'outbox'>;
  /** Folded words, at least one. */
  words: readonly string[];
  /** Absent: all conversations. */
  stream?: ConversationId | undefined;
  limit: number;
  signal: AbortSignal;
  /** Called with all hits so far, newest first, whenever there are more of them. */
  onHits: (hits: readonly MessageRecord[]) => void;
}

/** Messages read at once: a few milliseconds of work, so that typing is never held up. */
const CHUNK = 300;

/**
 * Searches the messages on this device, from the newest back, until the newest `limit` hits are known or all has been read. The
 * conversations that were active last go first; one whose last activity is older than all hits is not read.
 */
export async function searchDevice({ store, words, stream, limit, signal, onHits }: DeviceSearch): Promise<void> {
  const [rows, outbox] = await Promise.all([store.conversations(), store.outbox()]);
  const removed = new Set(outbox.flatMap(({ op }) => (op.kind === 'message.delete' ? [op.messageId] : [])));
  const isHit = (message: MessageRecord) =>
    message.event === undefined &&
    message.deletedAt === undefined &&
    !removed.has(message.id) &&
    matchesName(message.text, words);
  let hits: MessageRecord[] = [];
  const isBeyond = (at: string) => {
    const last = hits[limit - 1];
    return last !== undefined && at < last.createdAt;
  };
  const chats = rows
    .filter((row) => row.historyStart > 0 && (stream === undefined || row.stream === stream))
    .toSorted((a, b) => (a.activityAt < b.activityAt ? 1 : -1));
  for (const { stream: chat, activityAt, lastSeq } of chats) {
    if (isBeyond(activityAt)) continue;
    for (let toSeq = lastSeq; toSeq > 0;) {
      const read = await store.messages(chat, { toSeq, limit: CHUNK });
      if (signal.aborted) return;
      const found = read.filter(isHit);
      if (found.length > 0) {
        hits = [...hits, ...found].toSorted(byNewest).slice(0, limit);
        onHits(hits);
      }
      const first = read[0];
      if (first === undefined || read.length < CHUNK || isBeyond(first.createdAt)) break;
      toSeq = first.seq - 1;
    }
  }
}
