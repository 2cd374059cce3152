import { type ConversationId, type StreamId, personalStream } from '#protocol/ids.ts';
import { type FeedRecord, isKnown } from '#protocol/record.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import { fillPages } from './fill-pages.ts';
import type { PullContext } from './pull-context.ts';
import { newestFirst } from './pull-order.ts';
import { reset } from './stream-pages.ts';

/** Only streams whose hint is above the cursor are looked at. [VB3] */
export async function pullByCursors(
  asked: PullContext,
  held: Readonly<Record<StreamId, number>>,
  only: readonly StreamId[] | undefined,
): Promise<PullAnswer> {
  const { store, batches, membershipsOf, caller, isOtherEpoch } = asked;
  const own = personalStream(caller.userId);
  const cursors = new Map(Object.entries(held) as [StreamId, number][]);
  const named = new Set<StreamId>([...cursors.keys(), ...(only ?? [])]);
  // A set, because a request may name as many streams as fit in it, and looking up each in a list would take minutes.
  const wanted = only === undefined ? undefined : new Set(only);
  const isWanted = (stream: StreamId) => wanted === undefined || wanted.has(stream);

  const readable = new Set<StreamId>((await membershipsOf(caller.userId)).present);
  // Only the wanted streams are looked at: a probe, which wants none, costs the same for any number of chats.
  const candidates = [...readable].filter(isWanted);
  const hints = await batches.hints(isWanted(own) ? [own, ...candidates] : candidates);
  const order = newestFirst(candidates, hints);
  // A cursor of 0 means that nothing is held, so it counts as absent.
  const cursorOf = (stream: StreamId) => (isOtherEpoch ? undefined : cursors.get(stream) || undefined);
  const isAtHead = (stream: StreamId) => {
    const cursor = cursorOf(stream);
    return cursor !== undefined && cursor === (hints.get(stream)?.head ?? 0);
  };
  const mustReset = (stream: StreamId) => isOtherEpoch && cursors.has(stream);
  // After a crash a conversation may lack its hint for a moment, so its tail is read instead.
  const isOwnEmpty = isWanted(own) && !hints.has(own) && cursorOf(own) === undefined;
  const isOwnDue = isWanted(own) && !isOwnEmpty && !isAtHead(own);
  const due = order.filter((stream) => !isAtHead(stream));

  const { pages, gone, left } = await fillPages({
    ...asked,
    streams: isOwnDue ? [own, ...due] : due,
    cursorOf,
    mustReset,
  });
  // A named stream that is unknown or no longer readable is answered with a reset, and never left out. [VB6]
  const unreadable = [...named].filter((stream) => stream !== own && isWanted(stream));
  const streams = [
    ...(isOwnEmpty && mustReset(own) ? [reset(own)] : []),
    ...pages,
    ...unreadable.filter((stream) => !readable.has(stream) || gone.has(stream)).map(reset),
  ];
  // If the person is added to a conversation during these reads, their own stream names one that the list lacks.
  const isAdded = pages.some((page) => page.stream === own && namesOther(page.records, readable));
  return { epoch: store.epoch, streams, more: left.length > 0 || isAdded || pages.some(({ more }) => more) };
}

function namesOther(records: readonly FeedRecord[], readable: ReadonlySet<StreamId>): boolean {
  const isOther = (conversation: ConversationId) => !readable.has(conversation);
  return records.some(
    (record) =>
      isKnown(record) && record.type === 'membership' && record.leftAt === undefined && isOther(record.conversation),
  );
}
