import type { LocalStore } from '#app/local-store/local-store.ts';
import type { StreamId } from '#protocol/ids.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import type { Transport } from './transport.ts';

const PAGE = 500;

export type Pulled = { kind: 'done' } | { kind: 'lost' } | { kind: 'wait'; ms?: number } | { kind: 'refused' };

export interface PullEvents {
  applied(answer: PullAnswer): Promise<void>;
  progress(done: number, total: number): void;
}

/** Brings every stream, or `only` some, to the server's head, page by page; each page is durable before the next is asked for. [VB3] */
export async function pullStreams(
  store: LocalStore,
  transport: Transport,
  events: PullEvents,
  only?: readonly StreamId[],
): Promise<Pulled> {
  const done = new Set<StreamId>();
  for (;;) {
    const [epoch, cursors] = await Promise.all([store.epoch(), store.cursors()]);
    const answer = await transport.ask('pull', {
      cursors,
      limit: PAGE,
      ...(epoch === undefined ? {} : { epoch }),
      ...(only === undefined ? {} : { only: [...only] }),
    });
    if (answer === undefined) return { kind: 'lost' };
    if ('error' in answer) {
      const { code, retryAfterMs } = answer.error;
      if (code === 'unauthorized' || code === 'upgrade_required') return { kind: 'refused' };
      return retryAfterMs === undefined ? { kind: 'wait' } : { kind: 'wait', ms: retryAfterMs };
    }
    await store.applyPage(answer);
    await events.applied(answer);
    for (const page of answer.streams) if (!page.more) done.add(page.stream);
    // `more` with nothing in it would be asked for ever: a defect of the server's, which the next connection looks at again.
    if (!answer.more || answer.streams.length === 0) return { kind: 'done' };
    if (only === undefined) events.progress(done.size, await knownStreams(store));
  }
}

/** The own stream comes first and names all conversations: from then on it is known how many there are. */
async function knownStreams(store: LocalStore): Promise<number> {
  return (await store.conversations()).length + 1;
}
