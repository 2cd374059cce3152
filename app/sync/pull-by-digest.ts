import type { LocalStore } from '#app/local-store/local-store.ts';
import { type CursorOf, digestOf } from '#protocol/digest.ts';
import { personalStream, type StreamId } from '#protocol/ids.ts';
import { outcomeOf } from './outcome.ts';
import { createUnwrittenPages } from './unwritten-pages.ts';
import { FIRST_WINDOW, PAGE_RECORDS, type Pulled, type PullParts } from './pull-parts.ts';

/** A digest of this many cells is below 2 kB, and can tell up to 80 streams that differ. */
const USUAL_CELLS = 120;
/** Each further digest may be larger by this factor, and can tell more. */
const GROWTH = 4;
/** If so many digests in a row bring nothing, something is wrong with them. */
const MAX_IDLE_DIGESTS = 4;

/**
 * Pulls all streams by a digest of what the device holds. [DG1] If little or nothing is new, this takes one round trip and 2 kB,
 * however many chats there are. `unclear`: the digests are of no use, so the cursors themselves have to be sent.
 */
export async function pullByDigest(parts: PullParts, maxCells: number): Promise<Pulled | { kind: 'unclear' }> {
  const { store, ask, onPage, onProgress } = parts;
  const done = new Set<StreamId>();
  const before = await store.epoch();
  for (let cells = USUAL_CELLS, idle = 0; idle < MAX_IDLE_DIGESTS; cells *= GROWTH) {
    const held = await durableCursors(store);
    const count = Math.min(maxCells, cells, cellsFor(held.length));
    let epoch = await store.epoch();
    const next = (form: object) =>
      ask('pull', { ...form, limit: PAGE_RECORDS, window: FIRST_WINDOW, ...(epoch === undefined ? {} : { epoch }) });
    let asked = next({ digest: digestOf(held, newSalt(), count) });
    const pages = createUnwrittenPages(store, (answer) => {
      onPage(answer);
      for (const page of answer.streams) if (!page.more) done.add(page.stream);
      if (answer.rest !== undefined) onProgress(done.size, done.size + answer.rest.streams);
    });
    for (;;) {
      const answer = await asked;
      // The next pull starts from what is durable, so that nothing is fetched twice.
      if (answer === undefined || 'error' in answer) await pages.written();
      if (answer === undefined) return { kind: 'silence' };
      if ('error' in answer) return answer.error.code === 'invalid' ? { kind: 'unclear' } : outcomeOf(answer.error);
      const askedWith = { epoch };
      ({ epoch } = answer);
      const isRestAsked = answer.rest !== undefined && answer.streams.length > 0;
      // Requested while this page is written.
      if (isRestAsked) asked = next({ rest: answer.rest?.token });
      await pages.write(answer, askedWith);
      if (isRestAsked) continue;
      const { isWhole, isGain } = await pages.written();
      if (!answer.more && isWhole) return { kind: 'done', isOtherEpoch: before !== undefined && before !== epoch };
      if (answer.rest !== undefined) return { kind: 'wait' };
      if (!isGain) idle++;
      break;
    }
  }
  return { kind: 'unclear' };
}

/** What is durable here, without streams whose rows are gone. [DG4] */
async function durableCursors(store: LocalStore): Promise<CursorOf[]> {
  const lost = await store.withoutRows();
  // A row also has the membership, which belongs to the person's own stream.
  if (lost.length > 0) await store.check([personalStream(store.userId), ...lost]);
  return Object.entries(await store.cursors()) as [StreamId, number][];
}

/** Enough to tell all of a few streams. A device that holds nothing needs no cells at all, because every digest shows that. */
function cellsFor(streams: number): number {
  return streams === 0 ? 1 : 2 * streams + 9;
}

function newSalt(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
