import { type CursorOf, type Digest, behindOf } from '#protocol/digest.ts';
import { type StreamId, personalStream } from '#protocol/ids.ts';
import type { PullAnswer, StreamPage } from '#protocol/verbs.ts';
import type { Hint } from './entry-store.ts';
import { fillPages } from './fill-pages.ts';
import type { PullContext } from './pull-context.ts';
import { newestFirst } from './pull-order.ts';
import type { Continuation } from './digest-continuations.ts';
import { reset } from './stream-pages.ts';

/** The streams that the caller may read and whose heads differ from the digest, as far as the digest can tell. [DG1] */
export async function pullByDigest(asked: PullContext, digest: Digest): Promise<PullAnswer> {
  const { membershipsOf, batches, caller, isOtherEpoch } = asked;
  const own = personalStream(caller.userId);
  const { present, left } = await membershipsOf(caller.userId);
  const hints = await batches.hints([own, ...present]);
  const heads: CursorOf[] = [[own, hints.get(own)?.head ?? 0]];
  for (const stream of present) heads.push([stream, await headOf(asked, stream, hints)]);
  // The device may still hold chats that the person has left; compared with a head of 0, that shows.
  for (const stream of left) heads.push([stream, 0]);
  // A device drops everything of another epoch when it sees this one.
  const { cursors, isComplete } = isOtherEpoch
    ? { cursors: new Map(heads.filter(([, head]) => head > 0).map(([stream]) => [stream, 0])), isComplete: true }
    : behindOf(digest, heads);
  const behind = newestFirst(
    [...cursors.keys()].filter((stream) => stream !== own),
    hints,
  );
  return answer(asked, { streams: cursors.has(own) ? [own, ...behind] : behind, cursors, isComplete, present });
}

/** Continues where the answer with this token ended. [DG2] */
export async function pullRest(asked: PullContext, token: string): Promise<PullAnswer> {
  const continuation = asked.continuations.take(asked.caller, token);
  // `more` without a token: the device sends its digest again.
  if (continuation === undefined || asked.isOtherEpoch) return { epoch: asked.store.epoch, streams: [], more: true };
  return answer(asked, continuation);
}

async function answer(asked: PullContext, continuation: Continuation): Promise<PullAnswer> {
  const { store, continuations, caller } = asked;
  const cursorOf = (stream: StreamId) => continuation.cursors.get(stream) || undefined;
  const { pages, gone, left } = await fillPages({
    ...asked,
    streams: continuation.streams,
    cursorOf,
    mustReset: () => false,
  });
  const streams = pages.map((page): StreamPage => ({ ...page, after: cursorOf(page.stream) ?? 0 }));
  // Includes a stream of which the device may hold nothing, because the digest showed that the person may read it.
  streams.push(...[...gone].map(reset));
  const unfinished = pages.filter(({ more }) => more).map(({ stream }) => stream);
  const due = [...unfinished, ...left];
  if (due.length === 0)
    return { epoch: store.epoch, streams, more: !continuation.isComplete || (await isAdded(asked, continuation)) };
  const cursors = new Map(continuation.cursors);
  for (const { stream, cursor } of pages) cursors.set(stream, cursor);
  const token = continuations.keep(caller, { ...continuation, streams: due, cursors });
  return { epoch: store.epoch, streams, more: true, rest: { token, streams: due.length } };
}

/** Whether the person was added to a conversation since the digest. */
async function isAdded({ membershipsOf, caller }: PullContext, continuation: Continuation): Promise<boolean> {
  const { present } = await membershipsOf(caller.userId);
  if (present === continuation.present) return false;
  const before = new Set(continuation.present);
  return present.some((stream) => !before.has(stream));
}

/** After a crash a conversation may lack its hint for a moment, so its tail is read instead. */
async function headOf({ store }: PullContext, stream: StreamId, hints: ReadonlyMap<StreamId, Hint>): Promise<number> {
  return hints.get(stream)?.head ?? (await store.tail(stream))?.rev ?? 0;
}
