import type { SyncError } from '#protocol/errors.ts';
import type { Changes, Heads, Welcome } from '#protocol/live.ts';
import type { AnswerOf, RequestOf, Verb } from '#protocol/verbs.ts';

/** Why there is no connection: nobody answered, or the server refused the hand-shake. */
export type Lost = { kind: 'lost' } | { kind: 'refused'; error: Pick<SyncError, 'code' | 'retryAfterMs'> };

export interface TransportEvents {
  welcome(welcome: Welcome): void;
  changes(changes: Changes): void;
  heads(heads: Heads): void;
  /** Exactly once for each `connect`, when it is over. */
  lost(why: Lost): void;
}

/** One connection after another to the server. */
export interface Transport {
  connect(): void;
  /** The verb's answer; undefined when none came, whatever became of the request. */
  ask<K extends Verb>(verb: K, request: RequestOf<K>): Promise<AnswerOf<K> | undefined>;
  close(): void;
}
