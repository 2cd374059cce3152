import type { LocalStore, Reading } from '#app/local-store/local-store.ts';
import { markDelivered } from '#app/ops/own.ts';
import { isConversation, type ConversationId, type OpId, type StreamId } from '#protocol/ids.ts';
import { SHARED_RECEIPT_MEMBERS } from '#protocol/limits.ts';
import type { Op } from '#protocol/op.ts';
import { isKnown, type FeedRecord } from '#protocol/record.ts';

/** Marks are coalesced for this long, so that a burst of messages is acknowledged once. */
const COALESCED_MS = 400;
/** So that after a first sync of thousands of chats the outbox stays short, and what the person writes does not wait. */
const CHATS_AT_ONCE = 200;

interface DeliveredMarksParts {
  store: LocalStore;
  newId: () => OpId;
  onQueued: () => void;
  onDefect: (error: unknown) => void;
}

export interface DeliveredMarks {
  /** Called with records that are durable on this device. */
  note(stream: StreamId, records: readonly FeedRecord[]): void;
  /** Holds marks back while the device catches up, so that each chat is marked once, however many pages come. */
  hold(): void;
  release(): void;
  close(): void;
}

/** Tells other members that their messages were delivered, through the outbox like every op. [RD1] [RD2] [RD3] */
export function createDeliveredMarks({ store, newId, onQueued, onDefect }: DeliveredMarksParts): DeliveredMarks {
  const due = new Map<ConversationId, number>();
  /** What this engine has marked; the record that confirms it arrives later. */
  const marked = new Map<ConversationId, number>();
  let isHeld = false;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function schedule(): void {
    if (isHeld || isClosed || due.size === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      mark().catch((error: unknown) => {
        if (!isClosed) onDefect(error);
      });
    }, COALESCED_MS);
  }

  async function mark(): Promise<void> {
    const noted = [...due].slice(0, CHATS_AT_ONCE);
    for (const [stream] of noted) due.delete(stream);
    const wanted = await store.snapshot(async (reading) => {
      const found: typeof noted = [];
      for (const [stream, seq] of noted) if (await isWanted(reading, stream, seq)) found.push([stream, seq]);
      return found;
    });
    for (const [stream, seq] of wanted) marked.set(stream, seq);
    const ops = wanted.map(([stream, seq]): Op => ({ id: newId(), ...markDelivered(stream, seq) }));
    if (ops.length > 0 && !isClosed) {
      await store.enqueue(ops, new Date().toISOString());
      onQueued();
    }
    schedule();
  }

  /** False if the person has left, if the chat shares no marks, or if the mark was made before. */
  async function isWanted(reading: Reading, stream: ConversationId, seq: number): Promise<boolean> {
    if ((marked.get(stream) ?? 0) >= seq) return false;
    const membership = (await reading.conversation(stream))?.membership;
    if (membership === undefined || membership.leftAt !== undefined || membership.readSeq >= seq) return false;
    const present = (await reading.members(stream)).filter((member) => member.leftAt === undefined);
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
      schedule();
    },
    hold() {
      isHeld = true;
      clearTimeout(timer);
      timer = undefined;
    },
    release() {
      isHeld = false;
      schedule();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
