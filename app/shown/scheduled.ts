import type { OutboxRow } from '#app/local-store/local-store.ts';
import { overScheduled } from '#app/ops/scheduled-overlay.ts';
import { ErrorCode } from '#protocol/errors.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import { reasonOf, type Reason } from './failures.ts';

export interface ShownScheduled {
  message: ScheduledMessage;
  /** The server does not have it, or a change of it, yet. */
  isWaiting: boolean;
  /** It has never left this device, so it can be taken back here. */
  isUnsent: boolean;
}

/** The messages of one chat that wait for their time, with what is queued for them, the next one first. [SM1] */
export function shownScheduled(held: readonly ScheduledMessage[], outbox: readonly OutboxRow[]): ShownScheduled[] {
  let messages = [...held];
  const changed = new Set<string>();
  const unsent = new Set<string>();
  for (const { op, state, queuedAt, attempts } of outbox) {
    const next = state === 'failed' ? undefined : overScheduled(messages, op, queuedAt);
    if (next === undefined) continue;
    messages = next;
    changed.add('scheduledId' in op ? op.scheduledId : op.id);
    if (op.kind === 'message.schedule' && state === 'queued' && attempts === 0) unsent.add(op.id);
  }
  return messages
    .toSorted((a, b) => (a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.id < b.id) ? -1 : 1))
    .map((message) => ({ message, isWaiting: changed.has(message.id), isUnsent: unsent.has(message.id) }));
}

/** Why a message that waited for its time could not be sent. [SM5] */
export function scheduledReason({ code, path }: NonNullable<ScheduledMessage['failure']>): Reason {
  const known = ErrorCode.options.find((each) => each === code);
  if (known === 'not_found' && path === 'stream') return 'left';
  return reasonOf(
    known === undefined ? undefined : { code: known, message: '', ...(path === undefined ? {} : { path }) },
  );
}
