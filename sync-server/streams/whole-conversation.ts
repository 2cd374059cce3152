import type { ConversationId } from '#protocol/ids.ts';
import type { StreamPage } from '#protocol/verbs.ts';
import { bytesOf } from './byte-budget.ts';
import type { Entry } from './entry.ts';
import type { PageRequest } from './page-request.ts';
import { isSmall } from './read-ahead.ts';
import { visible } from './visibility.ts';

/**
 * Reads a conversation that fits into the answer with two reads, or a part of one, instead of five; most conversations of a first
 * sync are read this way. Undefined if it has to be read the careful way, because it is large, or is changing, or the store is
 * shared with other servers. [VB5]
 *
 * The result is used only if it contains the head and nothing is being written above that. A small conversation is read at one
 * moment. For a larger one the member records are read last, so somebody who was removed meanwhile gets nothing. [RA4]
 */
export async function wholeConversation(asked: PageRequest<ConversationId>): Promise<StreamPage | 'full' | undefined> {
  const { caller, stream, settledHead, left, bytesLeft, bytesAlone, isFirst } = asked;
  let head = settledHead(stream);
  if (head === undefined) return undefined;
  let read: readonly Entry[];
  if (isSmall(head)) {
    read = await asked.readSmall();
    // It may have been read some time ago, and a removal since then has raised the head.
    head = settledHead(stream);
  } else read = await frameAndWindow(asked);
  if (read.reduce((highest, { rev }) => Math.max(highest, rev), 0) !== head) return undefined;
  read = withWindow(read, asked.window);
  const own = `${stream}/${caller.userId}`;
  const { fromSeq = 1 } = read.findLast(({ id }) => id === own) ?? {};
  // If the history starts at joining, the window starts later.
  if (fromSeq > 1) return undefined;
  const records = visible(read, { userId: caller.userId, fromSeq }).sort((a, b) => a.rev - b.rev);
  const isMember = records.some(
    (record) => record.id === own && record.type === 'member' && record.leftAt === undefined,
  );
  if (!isMember) return undefined;
  const bytes = read.reduce((sum, entry) => sum + bytesOf(entry), 0);
  // It fits into an answer of its own.
  if (!isFirst && bytes > bytesLeft && bytes <= bytesAlone) return 'full';
  if (bytes > bytesLeft || records.length > left) return undefined;
  return { stream, records, cursor: head, more: false };
}

/** Without the messages before the newest ones. */
function withWindow(read: readonly Entry[], window: number): Entry[] {
  const newest = read.reduce((highest, { seq = 0 }) => Math.max(highest, seq), 0);
  return read.filter(({ type, seq = 0 }) => type !== 'message' || seq > newest - window);
}

async function frameAndWindow({ store, stream, window: limit }: PageRequest<ConversationId>): Promise<Entry[]> {
  const bounds = { after: 0, before: Number.MAX_SAFE_INTEGER };
  const window = await store.messages(stream, { ...bounds, limit, newestFirst: true });
  return [...(await store.current(stream, ['conversation', 'member'])), ...window];
}
