import type { LocalStore } from '#app/local-store/local-store.ts';
import type { StreamId } from '#protocol/ids.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import { outcomeOf, type Refused, type Wait } from './outcome.ts';
import type { Ask } from './transport.ts';

const PAGE = 500;

/** `silence`: no answer came. `isOtherLife`: the database is another one, and everything held was dropped. */
export type Pulled = { kind: 'done'; isOtherLife: boolean } | { kind: 'silence' } | Wait | Refused;

interface PullParts {
  store: LocalStore;
  ask: Ask;
  /** A page is durable here. */
  onPage: (answer: PullAnswer) => void;
  onProgress: (streamsDone: number, streamsTotal: number) => void;
}

type Cursors = Record<StreamId, number>;

/**
 * Brings every stream, or `only` some, to the server's head, page by page. The next page is asked for while this one is
 * written: what was asked lives in memory only, so a crash goes on from what is durable. [VB3] [CL3]
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
    // `more` and nothing gained would be asked for ever: a race or a defect of the server's, so not at once.
    const isGain = answer.streams.some((page) => !page.more || page.cursor !== cursors[page.stream]);
    const askedWith = { epoch, cursors };
    cursors = cursorsAfter(answer, epoch === answer.epoch ? cursors : {});
    ({ epoch } = answer);
    if (answer.more && isGain) asked = next();
    await store.applyPage(answer, askedWith);
    onPage(answer);
    if (!answer.more) return { kind: 'done', isOtherLife: held[0] !== undefined && held[0] !== epoch };
    if (!isGain) return { kind: 'wait' };
    for (const page of answer.streams) if (!page.more) done.add(page.stream);
    // The own stream comes first and names all conversations: from then on it is known how many there are.
    if (only === undefined) onProgress(done.size, (await store.conversations()).length + 1);
  }
}

function cursorsAfter({ streams }: PullAnswer, cursors: Cursors): Cursors {
  const after = { ...cursors };
  for (const { stream, cursor } of streams) {
    // 0 is a stream that is no longer ours; named again, it would be answered by a reset again. [VB6]
    if (cursor === 0) delete after[stream];
    else after[stream] = cursor;
  }
  return after;
}
