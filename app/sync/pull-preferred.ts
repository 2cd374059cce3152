import type { ConversationId } from '#protocol/ids.ts';
import { pullByCursors } from './pull-by-cursors.ts';
import type { PullParts } from './pull-parts.ts';

/** Brings the chat that somebody looks at, beside a pull of everything, in which it may come late. Whatever fails is left to that one. [CL15] */
export async function pullPreferred(parts: PullParts, stream: ConversationId): Promise<void> {
  try {
    if (await mayBeOnServer(parts, stream)) await pullByCursors(parts, [stream]);
  } catch {
    // The device's storage failed, which the other pull reports too.
  }
}

/** A chat that is being created may be unknown to the server yet, and would be answered as if it were gone. [VB6] */
async function mayBeOnServer({ store }: PullParts, stream: ConversationId): Promise<boolean> {
  const [row, outbox] = await store.snapshot((reading) =>
    Promise.all([reading.conversation(stream), reading.outbox(stream)]),
  );
  if (row?.membership !== undefined) return row.membership.leftAt === undefined;
  return row?.creation === undefined && outbox.length === 0;
}
