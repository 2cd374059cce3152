import type { StreamId } from '#protocol/ids.ts';
import { personalStream } from '#protocol/ids.ts';
import { isKnown } from '#protocol/record.ts';
import type { PullAnswer, StreamPage } from '#protocol/verbs.ts';
import { outcomeOf } from './outcome.ts';
import { createUnwrittenPages } from './unwritten-pages.ts';
import { PAGE_RECORDS, type Pulled, type PullParts } from './pull-parts.ts';

type Cursors = Record<StreamId, number>;

/** A request that names more streams than this might be larger than a packet. */
const MOST_STREAMS = 2_000;

/** Pulls with the cursors of all streams, or of those in `only`. [VB3] */
export async function pullByCursors(parts: PullParts, only?: readonly StreamId[]): Promise<Pulled> {
  const { store } = parts;
  const held = Object.keys(await store.cursors());
  if (only === undefined && held.length <= MOST_STREAMS) return pullPages(parts, undefined);
  // In pieces. The own stream comes first: it names conversations that have no cursor yet.
  const own = personalStream(store.userId);
  const first = await pullPages(parts, only === undefined ? [own] : only.slice(0, MOST_STREAMS));
  if (first.kind !== 'done') return first;
  const present = (await store.conversations()).filter(({ membership }) => membership?.leftAt === undefined);
  const all = new Set([...held, ...present.map(({ stream }) => stream)] as StreamId[]);
  const left = only === undefined ? [...all] : only.slice(MOST_STREAMS);
  for (let at = 0; at < left.length; at += MOST_STREAMS) {
    const pulled = await pullPages(parts, left.slice(at, at + MOST_STREAMS));
    if (pulled.kind !== 'done' || pulled.isOtherEpoch) return pulled;
  }
  return first;
}

/**
 * Page by page. It requests the next page while the last one is being written. The cursors of that request exist in memory only,
 * so after a crash it continues from what is durable. [CL3]
 */
async function pullPages(
  { store, ask, onPage, onProgress }: PullParts,
  only: readonly StreamId[] | undefined,
): Promise<Pulled> {
  const done = new Set<StreamId>();
  const held = await Promise.all([store.epoch(), store.cursors()]);
  const known = new Set(Object.keys(held[1]) as StreamId[]);
  let epoch = held[0];
  let cursors = only === undefined ? held[1] : ofThese(held[1], only);
  const next = () =>
    ask('pull', {
      cursors,
      limit: PAGE_RECORDS,
      ...(epoch === undefined ? {} : { epoch }),
      ...(only === undefined ? {} : { only: [...only] }),
    });
  const pages = createUnwrittenPages(store, (answer) => {
    onPage(answer);
    if (only !== undefined || !answer.more) return;
    for (const page of answer.streams) {
      if (!page.more) done.add(page.stream);
      for (const stream of namedIn(page)) known.add(stream);
    }
    // The person's own stream comes first and names all conversations, so from then on their number is known.
    onProgress(done.size, Math.max(done.size, known.size));
  });
  let asked = next();
  for (;;) {
    const answer = await asked;
    if (answer === undefined || 'error' in answer) await pages.written();
    if (answer === undefined) return { kind: 'silence' };
    if ('error' in answer) return outcomeOf(answer.error);
    // `more` without any progress is a race or a defect of the server; asking again at once might never end.
    const isGain = answer.streams.some((page) => !page.more || page.cursor !== cursors[page.stream]);
    const askedWith = { epoch, cursors };
    cursors = cursorsAfter(answer, epoch === answer.epoch ? cursors : {});
    ({ epoch } = answer);
    if (answer.more && isGain) asked = next();
    await pages.write(answer, askedWith);
    if (answer.more && isGain) continue;
    await pages.written();
    if (!answer.more) return { kind: 'done', isOtherEpoch: held[0] !== undefined && held[0] !== epoch };
    return { kind: 'wait' };
  }
}

/** The page's own stream, and the conversations that it says the person is in. */
function namedIn({ stream, records }: StreamPage): StreamId[] {
  const joined = records
    .filter(isKnown)
    .flatMap((record) => (record.type === 'membership' ? [record.conversation] : []));
  return [stream, ...joined];
}

function ofThese(cursors: Cursors, streams: readonly StreamId[]): Cursors {
  const entries = streams.flatMap((stream) => (cursors[stream] === undefined ? [] : [[stream, cursors[stream]]]));
  return Object.fromEntries(entries) as Cursors;
}

function cursorsAfter({ streams }: PullAnswer, cursors: Cursors): Cursors {
  const after = { ...cursors };
  for (const { stream, cursor } of streams) {
    // Cursor 0 means that the stream is no longer readable; named again, it would be answered with a reset again. [VB6]
    if (cursor === 0) delete after[stream];
    else after[stream] = cursor;
  }
  return after;
}
