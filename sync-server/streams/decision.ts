import { type SyncError, syncError } from '#protocol/errors.ts';
import type { ErrorCode } from '#protocol/errors.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { OpKind, OpOf } from '#protocol/op.ts';
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
  roster?: { joins: true; fromSeq: number } | { leaves: true };
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
  reach: Reach;
}

/** How long a conversation is and how many are in it, from memory where that is enough. */
export interface Reach {
  /** At least `wanted`, or else the last seq that exists. */
  lastSeq(stream: ConversationId, wanted: number): MaybePromise<number>;
  /** Undefined where it would take a read. */
  presentMembers(stream: ConversationId): number | undefined;
}

/** Decides one kind of op. `input`: the parsed op, or what the server's own op is about. */
export type Rule<Input> = (input: Input, scene: Scene) => MaybePromise<Decision>;

/** A kind of op, in the table of its family. */
export interface OpRule<K extends OpKind> {
  /** The stream that the op's main record is written to, and whose queue the op goes through. */
  writesTo: 'conversation' | 'personal';
  decide: Rule<OpOf<K>>;
}

/** The rules of one family of ops. */
export type OpRules<K extends OpKind> = { readonly [Kind in K]: OpRule<Kind> };

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
