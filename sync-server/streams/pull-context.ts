import type { Batches } from './batches.ts';
import type { EntryStore } from './entry-store.ts';
import type { MembershipsOf } from './memberships-of.ts';
import type { DigestContinuations } from './digest-continuations.ts';
import type { Caller } from './streams.ts';
import type { UnfinishedBootstraps } from './unfinished-bootstraps.ts';

export interface PullParts {
  store: EntryStore;
  batches: Pick<Batches, 'hints' | 'settledHead'>;
  membershipsOf: MembershipsOf;
  unfinished: UnfinishedBootstraps;
  continuations: DigestContinuations;
}

/** What both forms of a pull need for their answers. */
export interface PullContext extends PullParts {
  caller: Caller;
  /** What the device holds is of another epoch. */
  isOtherEpoch: boolean;
  limit: number;
  maxBytes: number;
  /** How many messages of a conversation that is new to the device are sent at first. */
  window: number;
}
