import type { SyncError } from '#protocol/errors.ts';
import type { Changes, Heads, Typing, Visible, Watch, Welcome } from '#protocol/live.ts';
import type { AnswerOf, RequestOf, Verb } from '#protocol/verbs.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { Obstacle } from './obstacle.ts';

/** Why there is no connection: nobody answered, something else answered, or the server refused the handshake or ended the session. */
export type Lost =
  | { kind: 'lost'; obstacle?: Obstacle }
  | { kind: 'refused'; error: Pick<SyncError, 'code' | 'retryAfterMs'> };

/** Whose session it is, what the server can do, and its time. */
export type Welcomed = Pick<Welcome, 'userId' | 'digest'> & Partial<Pick<Welcome, 'serverTime'>>;

/** The exchange that ended with the welcome. */
export interface Exchanged {
  ms: number;
  isOverHttp: boolean;
}

export interface TransportEvents {
  /** Something arrived, of this many bytes of text: it proves that the connection, or the try to connect, is alive. */
  heard(bytes: number): void;
  /**
   * The connection is usable, under this person's session. Called again if the transport has moved to a better way: it is then
   * another connection. `isLive`: the server announces changes; otherwise `due` is called when it is time to pull.
   */
  welcome(by: Welcomed, isLive: boolean, exchange?: Exchanged): void;
  /** Anything may have changed since the last pull. */
  due(): void;
  changes(changes: Changes): void;
  heads(heads: Heads): void;
  ephemeral(event: Ephemeral): void;
  /** Called once for each connection that is lost or refused; never after `close`. */
  lost(why: Lost): void;
}

/** Connects to the server, one connection at a time. Events of an earlier connection are never delivered. */
export interface Transport {
  connect(): void;
  /**
   * Resolves to the verb's answer, or to undefined if the connection ended or the answer is malformed. The request may still
   * have taken effect. Has no limit on time. Never rejects.
   */
  ask<K extends Verb>(verb: K, request: RequestOf<K>): Promise<AnswerOf<K> | undefined>;
  /** Sends an ephemeral event; without a connection it is dropped. */
  emit(...event: ClientEvent): void;
  /** Ends the current connection; `connect` may follow. */
  close(): void;
}

/** The ephemeral events that a client sends. [LV7] [LV8] [LV11] */
export type ClientEvent = ['typing', Typing] | ['watch', Watch] | ['visible', Visible];

export type Ask = Transport['ask'];
