import { type SyncError, syncError } from '#protocol/errors.ts';
import type { ErrorCode } from '#protocol/errors.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { OpKind, OpOf } from '#protocol/op.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { Blocks } from './blocks.ts';
import type { EntryStore } from './entry-store.ts';
import type { Held, Hidden } from './entry.ts';
import type { Files } from './files.ts';
import type { Links } from './links.ts';
import type { People } from './people.ts';
import type { Reports } from './reports.ts';
import type { Strangers } from './strangers.ts';
import type { MaybePromise, StreamState } from './stream-state.ts';

type WithoutRev<R> = R extends KnownRecord ? Omit<R, 'rev'> : never;
export type NewRecord = WithoutRev<KnownRecord>;

/** One version to be written. The append assigns its rev. */
export interface Draft {
  record: NewRecord;
  /** The version that it replaces. Absent for a new record. */
  replaces?: Held | undefined;
  hidden?: Hidden;
  /** With this version a member joins, leaves or accepts a request. A member who joins can read from `fromSeq` on. */
  roster?: { joins: true; fromSeq: number } | { leaves: true } | { accepts: true };
  /** The member's state is to be copied to their personal stream. `startSeq` is for a member who joins. */
  projects?: { startSeq?: number; removedBy?: UserId; accepts?: true };
}

/** The outcome of an op, decided against the exact tail that it will be written after. */
export type Decision =
  | { effect: 'write'; drafts: [Draft, ...Draft[]]; shares?: true; wipes?: true }
  | { effect: 'none'; rev: number; seq?: number }
  | { effect: 'refuse'; error: SyncError };

/** What decisions look things up in. */
export interface Sources {
  store: EntryStore;
  people: People;
  files: Files;
  links: Links;
  blocks: Blocks;
  reports: Reports;
  strangers: Strangers;
  reach: Reach;
}

/** What a decision may depend on. */
export interface Scene extends Sources {
  state: StreamState;
  caller: UserId;
  /** The server's time in the protocol's format. */
  now: string;
}

/** How long a conversation is and how many members it has, from memory if that is enough. */
export interface Reach {
  /** At least `wanted`, or if there are fewer messages, the last seq. */
  lastSeq(stream: ConversationId, wanted: number): MaybePromise<number>;
  /** Undefined if that would take a read. */
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

export function write(first: Draft, ...others: Draft[]): Extract<Decision, { effect: 'write' }> {
  return { effect: 'write', drafts: [first, ...others] };
}

/** An op without effect is answered with the current rev of its main record. [AP12] */
export function unchanged(version: Held): Decision {
  const { record } = version;
  return { effect: 'none', rev: record.rev, ...(record.type === 'message' ? { seq: record.seq } : {}) };
}

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return value instanceof Promise;
}
