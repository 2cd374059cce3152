import type { Failure } from '#protocol/errors.ts';
import { type ConversationId, type StreamId, type UserId, personalStream } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { type FeedRecord, type KnownRecord, type MemberRecord, isKnown } from '#protocol/record.ts';
import { parse } from '#protocol/shape.ts';
import { type PullAnswer, PullRequest, type StreamPage } from '#protocol/verbs.ts';
import type { Batches } from './batches.ts';
import type { ConversationsOf } from './conversations-of.ts';
import type { EntryStore } from './entry-store.ts';
import type { Entry, Held } from './entry.ts';
import { readMember } from './stream-state.ts';
import type { Caller } from './streams.ts';
import { visible } from './visibility.ts';

/** What moved since the caller's cursors. Only streams whose hint is above the cursor are looked at. [VB3] … [VB7] */
export function createPull(
  store: EntryStore,
  batches: Pick<Batches, 'hints'>,
  conversationsOf: ConversationsOf,
): (caller: Caller, request: unknown) => Promise<PullAnswer | Failure> {
  return async ({ userId }, request) => {
    const parsed = parse(PullRequest, request);
    if (!parsed.ok) return { error: parsed.error };
    const { epoch, only, limit = limits.page } = parsed.value;
    const own = personalStream(userId);
    const isOtherLife = epoch !== undefined && epoch !== store.epoch;
    const cursors = new Map(Object.entries(parsed.value.cursors) as [StreamId, number][]);
    const named = new Set<StreamId>([...cursors.keys(), ...(only ?? [])]);
    // A set, because a request may name as many streams as fit in it, and looking up each in a list would take minutes.
    const wanted = only === undefined ? undefined : new Set(only);
    const isWanted = (stream: StreamId) => wanted === undefined || wanted.has(stream);

    const readable = new Set<StreamId>(await conversationsOf(userId));
    const hints = await batches.hints([own, ...readable]);
    const messageAt = (stream: StreamId) => hints.get(stream)?.messageAt ?? 0;
    const order = [own, ...[...readable].sort((a, b) => messageAt(b) - messageAt(a) || (a < b ? -1 : 1))].filter(
      isWanted,
    );

    const streams: StreamPage[] = [];
    let left = limit;
    let more = false;
    for (const stream of order) {
      // A cursor of 0 stands for nothing held, so it counts as absent.
      const cursor = isOtherLife ? undefined : cursors.get(stream) || undefined;
      if (cursor !== undefined && cursor === (hints.get(stream)?.head ?? 0)) continue;
      // After a crash a conversation may lack its hint for a moment, so its tail is read instead.
      if (cursor === undefined && !hints.has(stream) && stream === own) {
        if (isOtherLife && cursors.has(stream)) streams.push(reset(stream));
        continue;
      }
      if (left <= 0) {
        more = true;
        break;
      }
      const asked: Asked = {
        store,
        userId,
        stream,
        cursor,
        mustReset: isOtherLife && cursors.has(stream),
        left,
        isFirst: left === limit,
      };
      const page = stream === own ? await ownPage(asked) : await conversationPage(asked as Asked<ConversationId>);
      if (page === 'full') {
        more = true;
        break;
      }
      if (page === 'gone') {
        readable.delete(stream);
        continue;
      }
      if (page === 'at head') continue;
      streams.push(page);
      left -= page.records.length;
      // If they are added to a conversation while this is read, their own stream names one that the list lacks.
      more ||= page.more || (stream === own && namesOther(page.records, readable));
    }
    // A named stream that is unknown or no longer readable is answered with a reset, never with silence. [VB6]
    for (const stream of named)
      if (stream !== own && !readable.has(stream) && isWanted(stream)) streams.push(reset(stream));
    return { epoch: store.epoch, streams, more };
  };
}

function namesOther(records: readonly FeedRecord[], readable: ReadonlySet<StreamId>): boolean {
  return records.some(
    (record) =>
      isKnown(record) &&
      record.type === 'membership' &&
      record.leftAt === undefined &&
      !readable.has(record.conversation),
  );
}

interface Asked<S extends StreamId = StreamId> {
  store: EntryStore;
  userId: UserId;
  stream: S;
  cursor: number | undefined;
  /** What the client holds comes from another life of the database. */
  mustReset: boolean;
  /** How many more records fit in the answer. */
  left: number;
  /** The answer is still empty, so a conversation that must come whole may exceed the limit. */
  isFirst: boolean;
}

type Page = StreamPage | 'at head' | 'gone' | 'full';

function reset(stream: StreamId): StreamPage {
  return { stream, records: [], cursor: 0, more: false, reset: true };
}

async function ownPage({ store, userId, stream, cursor = 0, mustReset, left }: Asked): Promise<Page> {
  // The head is read before the scan, because the cursor must not pass what is written meanwhile.
  const head = (await store.tail(stream))?.rev ?? 0;
  if (cursor === head && !mustReset) return 'at head';
  const isReset = mustReset || cursor > head;
  const after = isReset ? 0 : cursor;
  const entries = await store.feed(stream, after, left + 1);
  return page(stream, entries, left, head, isReset, visible(entries.slice(0, left), { userId, fromSeq: 1 }));
}

function page(
  stream: StreamId,
  entries: readonly Entry[],
  left: number,
  head: number,
  isReset: boolean,
  records: KnownRecord[],
): StreamPage {
  const more = entries.length > left;
  const last = entries[Math.min(left, entries.length) - 1];
  // The last rev scanned, hidden ones included. On the last page it is at least the head that was read before. [VB4]
  const cursor = more ? (last as Entry).rev : Math.max(last?.rev ?? 0, head);
  return { stream, records, cursor, more, ...(isReset ? { reset: true } : {}) };
}

/** Membership is read again after the scan, so that somebody who was removed meanwhile gets nothing. [RA4] */
async function conversationPage(asked: Asked<ConversationId>): Promise<Page> {
  const { store, userId, stream, cursor, mustReset } = asked;
  const read = () => readMember(store, stream, userId);
  let member = await read();
  // Somebody may be removed and added again during a scan. If that keeps happening, the client pulls again.
  for (let attempt = 0; attempt < 3; attempt++) {
    if (member === undefined || member.record.leftAt !== undefined) return 'gone';
    const head = (await store.tail(stream))?.rev ?? 0;
    const isStale = cursor !== undefined && (cursor > head || cursor < (member.hidden.joinedRev ?? 0));
    let found: Page;
    if (cursor === undefined || isStale || mustReset)
      found = await bootstrap(asked, member, head, isStale || mustReset);
    else if (cursor === head) found = 'at head';
    else found = await changes(asked, member, cursor, head);
    const after = await read();
    if (after !== undefined && after.record.leftAt === undefined && after.hidden.joinedRev === member.hidden.joinedRev)
      return found;
    member = after;
  }
  return 'full';
}

async function changes(
  { store, userId, stream, left }: Asked,
  member: Held<MemberRecord>,
  cursor: number,
  head: number,
): Promise<StreamPage> {
  const entries = await store.feed(stream, cursor, left + 1);
  const records = visible(entries.slice(0, left), { userId, fromSeq: member.hidden.fromSeq ?? 1 });
  return page(stream, entries, left, head, false, records);
}

/**
 * The whole conversation: its record, its members and its newest messages, with the cursor at the head. What moves while it is
 * read has a rev above that head, and comes with the next page. [VB4] [VB5]
 */
async function bootstrap(
  { store, userId, stream, left, isFirst }: Asked,
  member: Held<MemberRecord>,
  head: number,
  isReset: boolean,
): Promise<Page> {
  const fromSeq = member.hidden.fromSeq ?? 1;
  const frame = await store.current(stream, ['conversation', 'member']);
  if (frame.length + 1 > left && !isFirst) return 'full';
  const window = Math.max(1, Math.min(limits.window, left - frame.length));
  const newest = await store.messages(stream, {
    after: fromSeq - 1,
    before: Number.MAX_SAFE_INTEGER,
    limit: window,
    newestFirst: true,
  });
  const read = [...frame, ...newest];
  const upToHead = read.filter(({ rev }) => rev <= head);
  // Without any message the client could not tell where the earlier history begins, so it pulls again.
  if (newest.length > 0 && !upToHead.some(({ type }) => type === 'message')) return 'full';
  const records = visible(upToHead, { userId, fromSeq }).sort((a, b) => a.rev - b.rev);
  return { stream, records, cursor: head, more: upToHead.length < read.length, ...(isReset ? { reset: true } : {}) };
}
