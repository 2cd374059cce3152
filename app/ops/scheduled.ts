import type { ConversationId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { NewMessage } from './messages.ts';
import type { NewOp, OpRules } from './rules.ts';

/*
 * What these ops change is in a file of its own, `scheduled-overlay.ts`, because the list of chats does not need it.
 */

/** `dueAt`: when the server is to send it; at once if that has passed by then. [SM1] */
export function scheduleMessage(
  stream: ConversationId,
  content: NewMessage,
  dueAt: Date,
): NewOp<OpOf<'message.schedule'>> {
  return { stream, kind: 'message.schedule', dueAt: dueAt.toISOString(), ...content };
}

const schedule: OpRules<OpOf<'message.schedule'>> = {
  answeredIn: 'personal',
  failure: () => ({ at: 'conversation', sentence: 'failed.schedule' }),
};

const update: OpRules<OpOf<'scheduled.update'>> = {
  answeredIn: 'personal',
  merged: (earlier, later) => (earlier.scheduledId === later.scheduledId ? { ...earlier, ...later } : undefined),
  failure: () => ({ at: 'conversation', sentence: 'failed.change' }),
};

const cancel: OpRules<OpOf<'scheduled.cancel'>> = {
  answeredIn: 'personal',
  failure: () => ({ at: 'conversation', sentence: 'failed.change' }),
};

export const scheduledRules = { 'message.schedule': schedule, 'scheduled.update': update, 'scheduled.cancel': cancel };
