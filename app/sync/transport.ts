import type { SyncError } from '#protocol/errors.ts';
import type { Changes, Heads, Typing, Watch, Welcome } from '#protocol/live.ts';
import type { AnswerOf, RequestOf, Verb } from '#protocol/verbs.ts';
import type { Ephemeral } from './ephemeral.ts';

/** Why there is no connection: nobody answered, or the server refused the hand-shake or ended the session. */
export type Lost = { kind: 'lost' } | { kind: 'refused'; error: Pick<SyncError, 'code' | 'retryAfterMs'> };

export interface TransportEvents {
  welcome(welcome: Welcome): void;
  changes(changes: Changes): void;
  heads(heads: Heads): void;
  ephemeral(event: Ephemeral): void;
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
  /** Said once, to whoever is there to hear it; nothing without a connection. */
  tell(...said: Said): void;
  /** Ends the present connection; `connect` may follow. */
  close(): void;
}

/** What a client tells of the moment. [LV7] [LV8] */
export type Said = ['typing', Typing] | ['watch', Watch];

export type Ask = Transport['ask'];
