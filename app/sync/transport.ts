import type { SyncError } from '#protocol/errors.ts';
import type { Changes, Heads, Welcome } from '#protocol/live.ts';
import type { AnswerOf, RequestOf, Verb } from '#protocol/verbs.ts';

/** Why there is no connection: nobody answered, or the server refused the hand-shake or ended the session. */
export type Lost = { kind: 'lost' } | { kind: 'refused'; error: Pick<SyncError, 'code' | 'retryAfterMs'> };

export interface TransportEvents {
  welcome(welcome: Welcome): void;
  changes(changes: Changes): void;
  heads(heads: Heads): void;
  /** Once for each `connect` that ends by itself; never after `close`. */
  lost(why: Lost): void;
}

/** One connection after another to the server. What comes from an earlier one is never heard of. */
export interface Transport {
  connect(): void;
  /**
   * The verb's answer; undefined when none came, whatever became of the request: at once when the connection ends, else
   * after `withinMs`. Never rejects.
   */
  ask<K extends Verb>(verb: K, request: RequestOf<K>, withinMs?: number): Promise<AnswerOf<K> | undefined>;
  /** Ends the present connection; `connect` may follow. */
  close(): void;
}

export type Ask = Transport['ask'];
