import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import { words } from '#app/i18n/words.ts';
import {
  directStream,
  groupStream,
  personalStream,
  uuidV7,
  type ConversationId,
  type OpId,
  type UserId,
} from '#protocol/ids.ts';
import type { MembershipRecord, MessageRecord } from '#protocol/record.ts';
import { entriesOf, type EntryContext } from '#app/conversation-list/entry.ts';

/** Two chats of a person, and functions that make their rows. */
export const self = 'me' as UserId;
export const ana = 'ana' as UserId;
export const bob = 'bob' as UserId;
export const withAna = directStream(self, ana);
export const crew = groupStream('01890000-0000-7000-8000-000000000001');
export const id = (n: number): OpId => uuidV7(n, new Uint8Array(10));
export const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString();

export function message(stream: ConversationId, senderId: UserId, more: Partial<MessageRecord> = {}): MessageRecord {
  return {
    type: 'message',
    stream,
    id: id(1),
    rev: 3,
    seq: 1,
    senderId,
    sentAt: at(1),
    createdAt: at(1),
    text: 'hello',
    attachments: [],
    mentions: [],
    reactions: {},
    ...more,
  };
}

export function row(stream: ConversationId, more: Partial<ConversationRow> = {}): ConversationRow {
  return { stream, lastSeq: 0, historyStart: 0, isWhole: true, unread: 0, activityAt: at(1), ...more };
}

export function sending(stream: ConversationId, state: OutboxRow['state'], minute: number): OutboxRow {
  const op = { id: id(9), stream, kind: 'message.send', text: 'on the\n\ntrain', sentAt: at(minute) } as const;
  return { id: op.id, stream, order: 1, op, queuedAt: at(minute), attempts: 0, state };
}

export const context = (more: Partial<EntryContext> = {}): EntryContext => ({
  self,
  people: new Map([
    [ana, { name: 'Ána María' }],
    [bob, { name: 'Bob' }],
  ]),
  drafts: new Map(),
  outbox: [],
  blocked: [],
  words,
  now: new Date(at(30)),
  ...more,
});

export const line = (given: ConversationRow, more: Partial<EntryContext> = {}) =>
  entriesOf([given], context(more))[0]?.line;

export function own(stream: ConversationId, more: Partial<MembershipRecord> = {}): MembershipRecord {
  const mine = personalStream(self);
  const id = `${mine}/${stream}`;
  return {
    type: 'membership',
    id,
    stream: mine,
    rev: 1,
    conversation: stream,
    role: 'member',
    joinedAt: at(0),
    readSeq: 0,
    ...more,
  };
}
