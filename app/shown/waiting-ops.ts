import type { Attempt, OutboxRow } from '#app/local-store/local-store.ts';
import { fileQueue } from '#app/ops/file-queue.ts';
import { filesToUpload, mayCarryFiles } from '#app/ops/files.ts';
import { rulesOf } from '#app/ops/registry.ts';
import type { ConversationId, MediaId, OpId, UserId } from '#protocol/ids.ts';
import type { MessageSendOp, OpKind } from '#protocol/op.ts';
import { reasonOf, type FailedOp } from './failures.ts';
import { sentMessage } from './sent-message.ts';

/** An action of the person that the server has not confirmed, as the list of waiting ops shows it. [ask 16] */
export interface WaitingOp {
  id: OpId;
  stream: ConversationId;
  kind: OpKind;
  /** Its text, or the names of its files; empty if it has neither. */
  text: string;
  /**
   * `file`: it waits for its files; `paused`: it waits until the person resumes their upload; `behind`: it waits for an earlier
   * message with files.
   */
  state: 'waiting' | 'file' | 'paused' | 'behind' | 'sending' | 'failed';
  at: Date;
  attempts: number;
  /** The last attempts. */
  tries: readonly Attempt[];
  /** Why the server refused it, or has not accepted it yet. */
  reason?: FailedOp['reason'];
  attachments: readonly NonNullable<MessageSendOp['attachments']>[number][];
  /** The files that it waits for. */
  files: MediaId[];
  /** It has never left this device, and nothing else depends on it. */
  mayCancel: boolean;
}

/** The ops that wait on this device, in the order of sending, without marks and copies of drafts, which the app makes by itself. */
export function waitingOps(
  outbox: readonly OutboxRow[],
  self: UserId,
  paused: ReadonlySet<MediaId> = new Set(),
): WaitingOp[] {
  const waitsFor = fileQueue(outbox.flatMap(({ op, state }) => (state === 'failed' || state === 'sent' ? [] : [op])));
  return outbox.flatMap((row): WaitingOp[] => {
    const { id, stream, op, state, attempts, tries = [], error } = row;
    if (state === 'sent' || rulesOf(op).failure(op, self) === 'quiet') return [];
    const files = filesToUpload(op);
    const waits = state === 'failed' ? undefined : waitsFor(op);
    const isFinal = state === 'failed' || state === 'sending';
    return [
      {
        id,
        stream,
        kind: op.kind,
        text: wordsIn(row, self),
        state: isFinal
          ? state
          : waits === 'file'
            ? files.some((file) => paused.has(file))
              ? 'paused'
              : 'file'
            : waits === 'behind'
              ? 'behind'
              : 'waiting',
        at: new Date(row.queuedAt),
        attempts,
        tries,
        attachments: mayCarryFiles(op) ? (op.attachments ?? []) : [],
        files,
        mayCancel: state === 'queued' && attempts === 0 && op.kind !== 'conversation.create',
        ...(error === undefined ? {} : { reason: reasonOf(error) }),
      },
    ];
  });
}

function wordsIn(row: OutboxRow, self: UserId): string {
  const { op } = row;
  const text = sentMessage(row, self)?.text ?? ('text' in op ? (op.text ?? '') : '');
  if (text !== '' || !mayCarryFiles(op)) return text;
  return (op.attachments ?? []).flatMap(({ name }) => name ?? []).join(', ');
}
