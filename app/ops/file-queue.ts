import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { filesToUpload } from './files.ts';
import { rulesOf } from './registry.ts';

/** `file`: the op waits for a file of its own; `behind`: for an op before it that does. */
export type WaitsFor = 'file' | 'behind';

/**
 * Tells for each op of the outbox, asked in the order of sending, whether it waits for a file. A message does, and so do the ops
 * after it in that chat; marks and settings, which belong to another stream, do not. For a scheduled message only its changes
 * wait. [CL14] [ST5]
 */
export function fileQueue(): (op: Op) => WaitsFor | undefined {
  const streams = new Set<ConversationId>();
  const scheduled = new Set<OpId>();
  return (op) => {
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
