import type { OutboxRow } from '#app/local-store/local-store.ts';
import { filesToUpload } from '#app/ops/files.ts';
import { rulesOf } from '#app/ops/registry.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { OpKind } from '#protocol/op.ts';
import { reasonOf, type FailedOp } from './failures.ts';
import { sentMessage } from './sent-message.ts';

/** Something that the person did and that the server has not confirmed, as the list of all such things shows it. [ask 16] */
export interface WaitingOp {
  id: OpId;
  stream: ConversationId;
  kind: OpKind;
  /** The words in it; empty if it has none. */
  text: string;
  /** `file`: it waits for its files. `behind`: for something before it in its chat, which waits for its own. */
  state: 'waiting' | 'file' | 'behind' | 'sending' | 'failed';
  at: Date;
  attempts: number;
  /** Why the server refused it, or has not taken it yet. */
  reason?: FailedOp['reason'];
  /** It has never left this device, and nothing else depends on it. */
  mayCancel: boolean;
}

/** What waits on this device, in the order of sending. Marks and copies of drafts, which the app makes by itself, are not in it. */
export function waitingOps(outbox: readonly OutboxRow[], self: UserId): WaitingOp[] {
  const held = new Set<ConversationId>();
  return outbox.flatMap((row): WaitingOp[] => {
    const { id, stream, op, state, attempts, error } = row;
    if (state === 'sent' || rulesOf(op).failure(op, self) === 'quiet') return [];
    const isFor = filesToUpload(op).length > 0 && state !== 'failed';
    const isBehind = held.has(stream) && rulesOf(op).answeredIn !== 'personal';
    if (isFor) held.add(stream);
    const isFinal = state === 'failed' || state === 'sending';
    return [
      {
        id,
        stream,
        kind: op.kind,
        text: sentMessage(row, self)?.text ?? ('text' in op ? (op.text ?? '') : ''),
        state: isFinal ? state : isFor ? 'file' : isBehind ? 'behind' : 'waiting',
        at: new Date(row.queuedAt),
        attempts,
        mayCancel: state === 'queued' && attempts === 0 && op.kind !== 'conversation.create',
        ...(error === undefined ? {} : { reason: reasonOf(error) }),
      },
    ];
  });
}
