import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { Op, OpOf } from '#protocol/op.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import { described } from './messages.ts';
import type { NewOp } from './rules.ts';

/** `dueAt: null` sends it at once. [SM2] */
export function updateScheduled(
  stream: ConversationId,
  scheduledId: OpId,
  change: { dueAt?: string | null; text?: string; mentions?: UserId[] },
): NewOp<OpOf<'scheduled.update'>> {
  return { stream, kind: 'scheduled.update', scheduledId, ...change };
}

export function cancelScheduled(stream: ConversationId, scheduledId: OpId): NewOp<OpOf<'scheduled.cancel'>> {
  return { stream, kind: 'scheduled.cancel', scheduledId };
}

/**
 * The op's overlay over the messages of its conversation that wait for their time; undefined if the op is not about them. `at`:
 * when it was made.
 */
export function overScheduled(
  messages: readonly ScheduledMessage[],
  op: Op,
  at: string,
): ScheduledMessage[] | undefined {
  if (op.kind === 'message.schedule') return [...messages.filter(({ id }) => id !== op.id), scheduledBy(op, at)];
  if (op.kind === 'scheduled.cancel')
    return messages.filter(({ id, isLeaving }) => id !== op.scheduledId || isLeaving === true);
  if (op.kind !== 'scheduled.update') return undefined;
  return messages.map((message) =>
    message.id === op.scheduledId && message.isLeaving !== true ? updated(message, op, at) : message,
  );
}

function scheduledBy(op: OpOf<'message.schedule'>, createdAt: string): ScheduledMessage {
  return {
    id: op.id,
    conversation: op.stream,
    dueAt: op.dueAt,
    createdAt,
    text: op.text ?? '',
    attachments: (op.attachments ?? []).map(described),
    mentions: op.mentions ?? [],
    ...(op.replyTo === undefined ? {} : { replyTo: op.replyTo }),
    ...(op.poll === undefined ? {} : { poll: op.poll }),
  };
}

function updated(
  { failure: _failure, ...message }: ScheduledMessage,
  op: OpOf<'scheduled.update'>,
  at: string,
): ScheduledMessage {
  return {
    ...message,
    dueAt: op.dueAt === undefined ? message.dueAt : (op.dueAt ?? at),
    text: op.text ?? message.text,
    mentions: op.mentions ?? message.mentions,
  };
}
