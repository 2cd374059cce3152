import type { LocalStore } from '#app/local-store/local-store.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import type { Refused, Wait } from './outcome.ts';
import type { Ask } from './transport.ts';

/** The most records that a page may have. Its bytes are bounded too. [VB10] */
export const PAGE_RECORDS = 1_000;
/** The messages of a chat that is new to this device. `short-windows.ts` fetches more of them once the list is complete. [VB11] */
export const FIRST_WINDOW = 20;

/** `silence`: no answer came. `isOtherEpoch`: the database has another epoch, and everything held was dropped. */
export type Pulled = { kind: 'done'; isOtherEpoch: boolean } | { kind: 'silence' } | Wait | Refused;

export interface PullParts {
  store: LocalStore;
  ask: Ask;
  /** How many cells of a digest the server takes; undefined if it knows no digests. [DG5] */
  digestCells: () => number | undefined;
  /** Called when a page is durable on this device. */
  onPage: (answer: PullAnswer) => void;
  onProgress: (streamsDone: number, streamsTotal: number) => void;
}
