import { groupStream, uuidV7, type ConversationId, type OpId, type StreamId, type UserId } from '#protocol/ids.ts';
import type { Op, OpOf } from '#protocol/op.ts';
import type {
  ConversationRecord,
  FeedRecord,
  MemberRecord,
  MembershipRecord,
  MessageRecord,
} from '#protocol/record.ts';
import type { OpResult, PullAnswer, StreamPage } from '#protocol/verbs.ts';

export const ann = 'ann' as UserId;
export const bob = 'bob' as UserId;
export const own = 'u:ann' as StreamId;

let made = 0;
export function nextId(): OpId {
  made += 1;
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(4, made);
  return uuidV7(1_700_000_000_000, random);
}

export const nextUser = (): UserId => `user${(made += 1)}` as UserId;
export const newGroup = (): ConversationId => groupStream(nextId());

/** A time, given by its minute, so that the order is easy to see. */
export const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

export function message(stream: ConversationId, seq: number, more: Partial<MessageRecord> = {}): MessageRecord {
  return {
    type: 'message',
    stream,
    id: more.id ?? nextId(),
    rev: 10 + seq,
    seq,
    senderId: bob,
    sentAt: at(seq),
    createdAt: at(seq),
    text: `text ${seq}`,
    attachments: [],
    mentions: [],
    reactions: {},
    ...more,
  };
}

/** Messages from … to, both inclusive. */
export function messages(stream: ConversationId, from: number, to: number): MessageRecord[] {
  return Array.from({ length: to - from + 1 }, (_, index) => message(stream, from + index));
}

export function conversation(stream: ConversationId, more: Partial<ConversationRecord> = {}): ConversationRecord {
  const fixed = { type: 'conversation' as const, stream, id: stream, kind: 'group' as const, createdBy: bob };
  return { ...fixed, rev: 1, createdAt: at(0), history: 'all', pins: [], title: 'Crew', ...more };
}

export function member(stream: ConversationId, userId: UserId, more: Partial<MemberRecord> = {}): MemberRecord {
  const fixed = { type: 'member' as const, stream, id: `${stream}/${userId}`, userId, name: userId };
  return { ...fixed, rev: userId === ann ? 2 : 3, role: 'member', joinedAt: at(0), ...more };
}

export function membership(stream: ConversationId, more: Partial<MembershipRecord> = {}): MembershipRecord {
  const fixed = { type: 'membership' as const, stream: own, id: `${own}/${stream}`, conversation: stream };
  return { ...fixed, rev: 1, role: 'member', joinedAt: at(0), readSeq: 0, ...more };
}

export function page(stream: StreamId, cursor: number, records: FeedRecord[], more: Partial<StreamPage> = {}) {
  return { stream, cursor, records, more: false, ...more } satisfies StreamPage;
}

export function pulled(streams: StreamPage[], epoch = 'first'): PullAnswer {
  return { epoch, streams, more: false };
}

/** A conversation's first page: its record, its members and its newest messages. */
export function bootstrap(stream: ConversationId, held: MessageRecord[], cursor = 10 + (held.at(-1)?.seq ?? 0)) {
  return page(stream, cursor, [conversation(stream), member(stream, ann), member(stream, bob), ...held]);
}

export function send(stream: ConversationId, more: Partial<OpOf<'message.send'>> = {}): OpOf<'message.send'> {
  return { id: nextId(), stream, kind: 'message.send', text: 'mine', sentAt: at(500), ...more };
}

/** The ids of the ops that have `retry: true`. */
export function retried(ops: readonly Op[]): Set<OpId> {
  return new Set(ops.flatMap(({ id, retry }) => (retry === true ? [id] : [])));
}

export function mark(stream: ConversationId, readSeq: number): OpOf<'receipt.mark'> {
  return { id: nextId(), stream, kind: 'receipt.mark', readSeq };
}

export function create(stream: ConversationId, more: Partial<OpOf<'conversation.create'>> = {}) {
  return { id: nextId(), stream, kind: 'conversation.create', memberIds: [bob], ...more } satisfies Op;
}

export function accepted(op: Op, rev: number, seq?: number): OpResult {
  return { id: op.id, ok: true, stream: op.stream, rev, ...(seq === undefined ? {} : { seq }) };
}

export function refused(op: Pick<Op, 'id'>, code: 'forbidden' | 'not_found' | 'unavailable' | 'internal'): OpResult {
  return { id: op.id, ok: false, error: { code, message: code } };
}
