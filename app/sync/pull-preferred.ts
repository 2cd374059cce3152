import type { ConversationId } from '#protocol/ids.ts';
import type { StreamPage } from '#protocol/verbs.ts';
import { pullByCursors } from './pull-by-cursors.ts';
import type { PullParts } from './pull-parts.ts';
import type { Ask } from './transport.ts';

/**
 * Pulls the chat that somebody looks at, in parallel with a pull of everything, in which it may come late. If this fails, the
 * other pull brings it. [CL15]
 */
export async function pullPreferred(parts: PullParts, stream: ConversationId): Promise<void> {
  try {
    if (await mayBeOnServer(parts, stream))
      await pullByCursors({ ...parts, ask: withoutUnreadable(parts.ask) }, [stream]);
  } catch {
    // The device's storage failed, which the other pull will report.
  }
}

/**
 * Ignores a chat that the person may no longer read. The other pull brings the reason first, and only then are the messages that
 * they could read kept. [CL4]
 */
function withoutUnreadable(ask: Ask): Ask {
  return async (verb, request) => {
    const answer = await ask(verb, request);
    if (answer === undefined || !('streams' in answer)) return answer;
    return { ...answer, streams: answer.streams.filter((page) => !isUnreadable(page)) };
  };
}

const isUnreadable = ({ reset, cursor, records }: StreamPage) => reset === true && cursor === 0 && records.length === 0;

/** The server may not know yet a chat that is being created, and would answer as if it were gone. [VB6] */
async function mayBeOnServer({ store }: PullParts, stream: ConversationId): Promise<boolean> {
  const [row, outbox] = await store.snapshot((reading) =>
    Promise.all([reading.conversation(stream), reading.outbox(stream)]),
  );
  if (row?.membership !== undefined) return row.membership.leftAt === undefined;
  return row?.creation === undefined && outbox.length === 0;
}
