import type { ConversationId } from '#protocol/ids.ts';
import type { StreamPage } from '#protocol/verbs.ts';
import { pullByCursors } from './pull-by-cursors.ts';
import type { PullParts } from './pull-parts.ts';
import type { Ask } from './transport.ts';

/** Brings the chat that somebody looks at, beside a pull of everything, in which it may come late. Whatever fails is left to that one. [CL15] */
export async function pullPreferred(parts: PullParts, stream: ConversationId): Promise<void> {
  try {
    if (await mayBeOnServer(parts, stream))
      await pullByCursors({ ...parts, ask: withoutUnreadable(parts.ask) }, [stream]);
  } catch {
    // The device's storage failed, which the other pull reports too.
  }
}

/**
 * Leaves out a chat that the person may not read any more. The other pull brings the reason before it, and only then is what they
 * could read kept. [CL4]
 */
function withoutUnreadable(ask: Ask): Ask {
  return async (verb, request) => {
    const answer = await ask(verb, request);
    if (answer === undefined || !('streams' in answer)) return answer;
    return { ...answer, streams: answer.streams.filter((page) => !isUnreadable(page)) };
  };
}

const isUnreadable = ({ reset, cursor, records }: StreamPage) => reset === true && cursor === 0 && records.length === 0;

/** A chat that is being created may be unknown to the server yet, and would be answered as if it were gone. [VB6] */
async function mayBeOnServer({ store }: PullParts, stream: ConversationId): Promise<boolean> {
  const [row, outbox] = await store.snapshot((reading) =>
    Promise.all([reading.conversation(stream), reading.outbox(stream)]),
  );
  if (row?.membership !== undefined) return row.membership.leftAt === undefined;
  return row?.creation === undefined && outbox.length === 0;
}
