import { type ConversationId, type OpId, type UserId, groupStream, uuidV7 } from '#protocol/ids.ts';

let counter = 0;
/** A UUID of version 7, later than the one before. */
export function nextId(): OpId {
  counter++;
  return uuidV7(
    1_764_000_000_000 + counter,
    new Uint8Array(10).map((_, at) => (counter >> (at % 4)) & 0xff),
  );
}

export const SENT_AT = '2026-11-24T10:00:00.000Z';

export function newGroup(): ConversationId {
  return groupStream(nextId());
}

/** Ops with the common fields filled in. */
export const op = {
  send: (stream: ConversationId, text: string, more: object = {}) => ({
    id: nextId(),
    stream,
    kind: 'message.send',
    text,
    sentAt: SENT_AT,
    ...more,
  }),
  edit: (
    stream: ConversationId,
    messageId: OpId,
    text: string,
    more: { base?: unknown; mentions?: UserId[] } = {},
  ) => ({
    id: nextId(),
    stream,
    kind: 'message.edit',
    messageId,
    text,
    ...more,
  }),
  delete: (stream: ConversationId, messageId: OpId) => ({ id: nextId(), stream, kind: 'message.delete', messageId }),
  pin: (stream: ConversationId, messageId: OpId, on = true) => ({
    id: nextId(),
    stream,
    kind: 'message.pin',
    messageId,
    on,
  }),
  react: (stream: ConversationId, messageId: OpId, emoji: string, on = true) => ({
    id: nextId(),
    stream,
    kind: 'reaction.set',
    messageId,
    emoji,
    on,
  }),
  vote: (stream: ConversationId, messageId: OpId, ...options: number[]) => ({
    id: nextId(),
    stream,
    kind: 'poll.vote',
    messageId,
    options,
  }),
  close: (stream: ConversationId, messageId: OpId) => ({ id: nextId(), stream, kind: 'poll.close', messageId }),
  forward: (stream: ConversationId, from: ConversationId, messageId: OpId) => ({
    id: nextId(),
    stream,
    kind: 'message.send',
    sentAt: SENT_AT,
    forward: { stream: from, messageId },
  }),
  create: (stream: ConversationId, memberIds: UserId[], more: object = {}) => ({
    id: nextId(),
    stream,
    kind: 'conversation.create',
    memberIds,
    ...more,
  }),
  update: (stream: ConversationId, more: object) => ({ id: nextId(), stream, kind: 'conversation.update', ...more }),
  add: (stream: ConversationId, ...userIds: UserId[]) => ({ id: nextId(), stream, kind: 'member.add', userIds }),
  join: (stream: ConversationId, token: string) => ({ id: nextId(), stream, kind: 'member.join', token }),
  remove: (stream: ConversationId, userId: UserId) => ({ id: nextId(), stream, kind: 'member.remove', userId }),
  role: (stream: ConversationId, userId: UserId, role: string) => ({
    id: nextId(),
    stream,
    kind: 'member.role',
    userId,
    role,
  }),
  mark: (stream: ConversationId, marks: { readSeq?: number; deliveredSeq?: number }) => ({
    id: nextId(),
    stream,
    kind: 'receipt.mark',
    ...marks,
  }),
  report: (stream: ConversationId, more: object = {}) => ({
    id: nextId(),
    stream,
    kind: 'report.send',
    reason: 'spam',
    ...more,
  }),
  schedule: (stream: ConversationId, text: string, dueAt: string, more: object = {}) => ({
    id: nextId(),
    stream,
    kind: 'message.schedule',
    text,
    dueAt,
    ...more,
  }),
  reschedule: (stream: ConversationId, scheduledId: OpId, more: object) => ({
    id: nextId(),
    stream,
    kind: 'scheduled.update',
    scheduledId,
    ...more,
  }),
  unschedule: (stream: ConversationId, scheduledId: OpId) => ({
    id: nextId(),
    stream,
    kind: 'scheduled.cancel',
    scheduledId,
  }),
  settings: (stream: ConversationId, more: object) => ({ id: nextId(), stream, kind: 'membership.update', ...more }),
};
