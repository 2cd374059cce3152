import { isDirect, type ConversationId, type OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { filesToUpload } from './files.ts';
import { rulesOf } from './registry.ts';

/** `file`: the op waits for a file of its own; `behind`: it waits for another op, usually one with a file. */
export type WaitsFor = 'file' | 'behind';

/**
 * Returns a function that says for each of these ops, called in the order of sending, whether it waits for a file. A message with
 * files does, and so do the ops after it in that chat; marks and settings, which belong to another stream, do not. Only changes of
 * a scheduled message wait for it. The creation of a direct chat waits for the files of the first message, so that nobody sees the
 * chat empty. [CL14] [ST5]
 */
export function fileQueue(ops: readonly Op[]): (op: Op) => WaitsFor | undefined {
  const streams = new Set<ConversationId>();
  const scheduled = new Set<OpId>();
  const first = new Map<ConversationId, Op>();
  for (const op of ops) if (op.kind === 'message.send' && !first.has(op.stream)) first.set(op.stream, op);
  return (op) => {
    if (op.kind === 'conversation.create' && isDirect(op.stream)) {
      const message = first.get(op.stream);
      return message === undefined || filesToUpload(message).length > 0 ? 'behind' : undefined;
    }
    const isPersonal = rulesOf(op).answeredIn === 'personal';
    if (filesToUpload(op).length > 0) {
      if (isPersonal) scheduled.add(op.id);
      else streams.add(op.stream);
      return 'file';
    }
    if ('scheduledId' in op && scheduled.has(op.scheduledId)) return 'behind';
    return !isPersonal && streams.has(op.stream) ? 'behind' : undefined;
  };
}
