import type { LocalStore } from '#app/local-store/local-store.ts';
import { isConversation, type ConversationId, type OpId, type StreamId } from '#protocol/ids.ts';
import { SHARED_RECEIPT_MEMBERS } from '#protocol/limits.ts';
import type { Op } from '#protocol/op.ts';
import { isKnown, type FeedRecord } from '#protocol/record.ts';

/** Marks are gathered this long: a burst of messages is acknowledged once. */
const GATHERED_MS = 400;

interface DeliveredMarksParts {
  store: LocalStore;
  newId: () => OpId;
  onQueued: () => void;
  onDefect: (error: unknown) => void;
}

export interface DeliveredMarks {
  /** These are durable here. */
  note(stream: StreamId, records: readonly FeedRecord[]): void;
  /** A catch-up begins: however many pages it takes, a chat is marked once. */
  hold(): void;
  release(): void;
  close(): void;
}

/** Says to the others that their messages have arrived, through the outbox like everything else. [RD1] [RD2] [RD3] */
export function createDeliveredMarks({ store, newId, onQueued, onDefect }: DeliveredMarksParts): DeliveredMarks {
  const due = new Map<ConversationId, number>();
  /** What this engine has marked: the record that says so comes later. */
  const marked = new Map<ConversationId, number>();
  let isHeld = false;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function gather(): void {
    if (isHeld || isClosed || due.size === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      mark().catch((error: unknown) => {
        if (!isClosed) onDefect(error);
      });
    }, GATHERED_MS);
  }

  async function mark(): Promise<void> {
    const noted = [...due];
    due.clear();
    const ops: Op[] = [];
    for (const [stream, deliveredSeq] of noted) {
      if (!(await isWanted(stream, deliveredSeq))) continue;
      marked.set(stream, deliveredSeq);
      ops.push({ id: newId(), stream, kind: 'receipt.mark', deliveredSeq });
    }
    if (ops.length === 0 || isClosed) return;
    await store.enqueue(ops, new Date().toISOString());
    onQueued();
  }

  /** Not by one who has left, not where nothing is shared, and not twice. */
  async function isWanted(stream: ConversationId, seq: number): Promise<boolean> {
    if ((marked.get(stream) ?? 0) >= seq) return false;
    const membership = (await store.conversation(stream))?.membership;
    if (membership === undefined || membership.leftAt !== undefined || membership.readSeq >= seq) return false;
    const present = (await store.members(stream)).filter((member) => member.leftAt === undefined);
    if (present.length > SHARED_RECEIPT_MEMBERS) return false;
    const own = present.find((member) => member.userId === store.userId);
    return Math.max(own?.deliveredSeq ?? 0, own?.readSeq ?? 0) < seq;
  }

  return {
    note(stream, records) {
      if (!isConversation(stream)) return;
      for (const record of records) {
        if (!isKnown(record) || record.type !== 'message') continue;
        if (record.senderId === store.userId || record.event !== undefined) continue;
        due.set(stream, Math.max(due.get(stream) ?? 0, record.seq));
      }
      gather();
    },
    hold() {
      isHeld = true;
      clearTimeout(timer);
      timer = undefined;
    },
    release() {
      isHeld = false;
      gather();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
