import { isDirect, type ConversationId, type MediaId, type UserId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { ConversationRecord, HistoryMode } from '#protocol/record.ts';
import { changedField } from './fields.ts';
import type { NewOp, OpRules } from './rules.ts';

export interface NewConversation {
  title?: string;
  memberIds: UserId[];
  history?: HistoryMode;
}

export function createConversation(
  stream: ConversationId,
  conversation: NewConversation,
): NewOp<OpOf<'conversation.create'>> {
  return { stream, kind: 'conversation.create', ...conversation };
}

/** An absent field stays as it is; `null` clears it. [OP11] */
export function updateConversation(
  stream: ConversationId,
  change: { title?: string; about?: string | null; avatar?: MediaId | null; history?: HistoryMode },
): NewOp<OpOf<'conversation.update'>> {
  return { stream, kind: 'conversation.update', ...change };
}

/** A conversation created on this device, until the server's record arrives; rev 0, so that the record replaces it. */
export function createdConversation(
  stream: ConversationId,
  { title }: Pick<NewConversation, 'title'>,
  { self, at }: { self: UserId; at: string },
): ConversationRecord {
  return {
    type: 'conversation',
    id: stream,
    stream,
    rev: 0,
    kind: isDirect(stream) ? 'direct' : 'group',
    ...(title === undefined ? {} : { title }),
    createdBy: self,
    createdAt: at,
    history: 'all',
    pins: [],
  };
}

const create: OpRules<OpOf<'conversation.create'>> = {
  answeredIn: 'conversation',
  failure: () => ({ at: 'conversation', sentence: 'failed.create' }),
};

const update: OpRules<OpOf<'conversation.update'>> = {
  answeredIn: 'conversation',
  overConversation(conversation, op) {
    const { title, about, avatar, ...rest } = conversation;
    return {
      ...rest,
      ...changedField('title', op.title, title),
      ...changedField('about', op.about, about),
      ...(avatar === undefined ? {} : { avatar }),
      history: op.history ?? conversation.history,
    };
  },
  failure: () => ({ at: 'conversation', sentence: 'failed.change' }),
};

export const conversationRules = { 'conversation.create': create, 'conversation.update': update };
