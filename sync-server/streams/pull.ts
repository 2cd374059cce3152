import type { Failure } from '#protocol/errors.ts';
import { type ConversationId, type StreamId, personalStream } from '#protocol/ids.ts';
import { ANSWER_BYTES, limits } from '#protocol/limits.ts';
import { type FeedRecord, isKnown } from '#protocol/record.ts';
import { parse } from '#protocol/shape.ts';
import { type PullAnswer, PullRequest, type StreamPage } from '#protocol/verbs.ts';
import type { Batches } from './batches.ts';
import { bytesAsSent, PAGE_FRAME_BYTES } from './byte-budget.ts';
import type { ConversationsOf } from './conversations-of.ts';
import type { EntryStore } from './entry-store.ts';
import type { Asked } from './page-request.ts';
import { conversationPage, ownPage, reset } from './stream-pages.ts';
import type { Caller } from './streams.ts';
import type { UnfinishedBootstraps } from './unfinished-bootstraps.ts';

/** What moved since the caller's cursors. Only streams whose hint is above the cursor are looked at. [VB3] … [VB7] */
export function createPull(
  store: EntryStore,
  batches: Pick<Batches, 'hints'>,
  conversationsOf: ConversationsOf,
  unfinished: UnfinishedBootstraps,
): (caller: Caller, request: unknown) => Promise<PullAnswer | Failure> {
  return async (caller, request) => {
    const { userId } = caller;
    const parsed = parse(PullRequest, request);
    if (!parsed.ok) return { error: parsed.error };
    const { epoch, only, limit = limits.page, maxBytes = ANSWER_BYTES } = parsed.value;
    const own = personalStream(userId);
    const isOtherLife = epoch !== undefined && epoch !== store.epoch;
    const cursors = new Map(Object.entries(parsed.value.cursors) as [StreamId, number][]);
    const named = new Set<StreamId>([...cursors.keys(), ...(only ?? [])]);
    // A set, because a request may name as many streams as fit in it, and looking up each in a list would take minutes.
    const wanted = only === undefined ? undefined : new Set(only);
    const isWanted = (stream: StreamId) => wanted === undefined || wanted.has(stream);

    const readable = new Set<StreamId>(await conversationsOf(userId));
    // Only what is wanted is looked at: a probe, which wants no stream, costs the same for any number of chats.
    const candidates = [...readable].filter(isWanted);
    const hints = await batches.hints(isWanted(own) ? [own, ...candidates] : candidates);
    const messageAt = (stream: StreamId) => hints.get(stream)?.messageAt ?? 0;
    candidates.sort((a, b) => messageAt(b) - messageAt(a) || (a < b ? -1 : 1));
    const order = isWanted(own) ? [own, ...candidates] : candidates;

    const streams: StreamPage[] = [];
    let left = limit;
    let bytesLeft = maxBytes - PAGE_FRAME_BYTES;
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
      if (left <= 0 || (bytesLeft < PAGE_FRAME_BYTES && streams.length > 0)) {
        more = true;
        break;
      }
      const asked: Asked = {
        store,
        unfinished,
        caller,
        stream,
        cursor,
        mustReset: isOtherLife && cursors.has(stream),
        left,
        bytesLeft: bytesLeft - PAGE_FRAME_BYTES,
        bytesAlone: maxBytes - 2 * PAGE_FRAME_BYTES,
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
      bytesLeft -= bytesAsSent(page);
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
