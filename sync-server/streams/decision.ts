import { type SyncError, syncError } from '#protocol/errors.ts';
import type { ErrorCode } from '#protocol/errors.ts';
import type { UserId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { EntryStore } from './entry-store.ts';
import type { Held, Hidden } from './entry.ts';
import type { People } from './people.ts';
import type { MaybePromise, StreamState } from './stream-state.ts';

type WithoutRev<R> = R extends KnownRecord ? Omit<R, 'rev'> : never;
export type NewRecord = WithoutRev<KnownRecord>;

/** One version to be written; the append gives it its rev. */
export interface Draft {
  record: NewRecord;
  /** The version that it replaces; absent for a new record. */
  replaces?: Held | undefined;
  hidden?: Hidden;
  /** A member who comes or goes here; for one who comes, where he starts. */
  room?: { joins: true; fromSeq: number } | { leaves: true };
  /** The member's state is to be carried to his personal stream; `startSeq` for one who has just come. */
  projects?: { startSeq?: number };
}

/** What an op comes to, decided against the exact tail that it will be written after. */
export type Decision =
  | { effect: 'write'; drafts: [Draft, ...Draft[]]; shares?: true; wipes?: true }
  | { effect: 'none'; rev: number; seq?: number }
  | { effect: 'refuse'; error: SyncError };

/** What a decision may look at. */
export interface Scene {
  state: StreamState;
  caller: UserId;
  /** The server's time as the contract writes instants. */
  now: string;
  store: EntryStore;
  people: People;
}

export type Decide = (scene: Scene) => MaybePromise<Decision>;

export function refuse(code: ErrorCode, message: string, path?: string): Decision {
  return { effect: 'refuse', error: syncError(code, message, path === undefined ? {} : { path }) };
}

export function write(first: Draft, ...others: Draft[]): Decision {
  return { effect: 'write', drafts: [first, ...others] };
}

/** An op without effect names its main record's present rev. [AP12] */
export function unchanged(version: Held): Decision {
  const { record } = version;
  return { effect: 'none', rev: record.rev, ...(record.type === 'message' ? { seq: record.seq } : {}) };
}

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return value instanceof Promise;
}
