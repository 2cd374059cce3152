import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { StreamPage } from '#protocol/verbs.ts';
import { bytesAsSent } from './byte-budget.ts';
import type { Entry } from './entry.ts';
import type { Asked } from './page-request.ts';
import { visible } from './visibility.ts';

/**
 * A conversation that fits into the answer, with one read or two instead of five: most of a first sync is this. Undefined if it has to be
 * read with more care, because it is large, or changes, or is shared with other servers. [VB5]
 *
 * When this starts, nothing is being written up to the head. So the reads have everything up to it if one of them has the head
 * itself. The member records are read last, so somebody who was removed meanwhile gets nothing. [RA4]
 */
export async function wholeConversation(asked: Asked<ConversationId>): Promise<StreamPage | undefined> {
  const { store, caller, stream, settledHead, left, bytesLeft } = asked;
  const head = settledHead(stream);
  if (head === undefined) return undefined;
  // Of so few revs no message is outside the window.
  const read = head <= limits.window ? await store.feed(stream, 0, limits.window) : await frameAndWindow(asked);
  if (Math.max(0, ...read.map(({ rev }) => rev)) !== head) return undefined;
  const own = `${stream}/${caller.userId}`;
  const { fromSeq = 1 } = read.findLast(({ id }) => id === own) ?? {};
  const records = visible(read, { userId: caller.userId, fromSeq }).sort((a, b) => a.rev - b.rev);
  const isMember = records.some(
    ({ id, ...record }) => id === own && record.type === 'member' && record.leftAt === undefined,
  );
  // Of a `joined` history the window starts later.
  if (!isMember || fromSeq > 1 || records.length > left) return undefined;
  if (records.reduce((sum, record) => sum + bytesAsSent(record), 0) > bytesLeft) return undefined;
  return { stream, records, cursor: head, more: false };
}

async function frameAndWindow({ store, stream }: Asked<ConversationId>): Promise<Entry[]> {
  const bounds = { after: 0, before: Number.MAX_SAFE_INTEGER };
  const window = await store.messages(stream, { ...bounds, limit: limits.window, newestFirst: true });
  return [...(await store.current(stream, ['conversation', 'member'])), ...window];
}
