import type { LocalStore } from '#app/local-store/local-store.ts';
import type { StreamId } from '#protocol/ids.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import { outcomeOf, type Refused, type Wait } from './outcome.ts';
import type { Ask } from './transport.ts';

const PAGE = 500;

/** `silence`: no answer came. `isOtherEpoch`: the database has another epoch, and everything held was dropped. */
export type Pulled = { kind: 'done'; isOtherEpoch: boolean } | { kind: 'silence' } | Wait | Refused;

interface PullParts {
  store: LocalStore;
  ask: Ask;
  /** Called when a page is durable on this device. */
  onPage: (answer: PullAnswer) => void;
  onProgress: (streamsDone: number, streamsTotal: number) => void;
}

type Cursors = Record<StreamId, number>;

/**
 * Brings every stream, or only those in `only`, to the server's head, page by page. It requests the next page while this
 * one is written. The cursors of that request exist in memory only, so after a crash it continues from what is durable. [VB3] [CL3]
 */
export async function pullStreams(
  { store, ask, onPage, onProgress }: PullParts,
  only?: readonly StreamId[],
): Promise<Pulled> {
  const done = new Set<StreamId>();
  const held = await Promise.all([store.epoch(), store.cursors()]);
  let [epoch, cursors] = held;
  const next = () =>
    ask('pull', {
      cursors,
      limit: PAGE,
      ...(epoch === undefined ? {} : { epoch }),
      ...(only === undefined ? {} : { only: [...only] }),
    });
  let asked = next();
  for (;;) {
    const answer = await asked;
    if (answer === undefined) return { kind: 'silence' };
    if ('error' in answer) return outcomeOf(answer.error);
    // `more` without any progress is a race or a defect of the server; asked again at once, it might never end.
    const isGain = answer.streams.some((page) => !page.more || page.cursor !== cursors[page.stream]);
    const askedWith = { epoch, cursors };
    cursors = cursorsAfter(answer, epoch === answer.epoch ? cursors : {});
    ({ epoch } = answer);
    if (answer.more && isGain) asked = next();
    await store.applyPage(answer, askedWith);
    onPage(answer);
    if (!answer.more) return { kind: 'done', isOtherEpoch: held[0] !== undefined && held[0] !== epoch };
    if (!isGain) return { kind: 'wait' };
    for (const page of answer.streams) if (!page.more) done.add(page.stream);
    // The person's own stream comes first and names all conversations, so from then on their number is known.
    if (only === undefined) onProgress(done.size, (await store.conversations()).length + 1);
  }
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
