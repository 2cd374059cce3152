import type { UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { ConversationRecord, MembershipRecord, MessageRecord, Role } from '#protocol/record.ts';

/*
 * What the app knows about a kind of op besides its shape: what it shows before the server's records arrive, and what its
 * refusal means. One rule decides where an overlay goes:
 *
 * - While an op waits, nothing of it is written into records. `app/shown` applies its overlay to the records that it reads, so a
 *   refusal removes the overlay, and nothing of it can be mistaken for the server's state.
 * - An accepted op leaves the outbox before its records arrive. `app/local-store` then writes the same overlay into the record
 * that it holds and leaves that record's rev as it is (0 for a new message), so the server's record, whose rev is higher,
 * always replaces it. If a record is as new as the answer says, nothing is written, because it may contain a later change.
 */

/** An op before the outbox gives it an id. */
export type NewOp<O extends Op = Op> = O extends Op ? Omit<O, 'id' | 'retry'> : never;

/** Who made an op on this device, and when by its clock (ISO instant). */
export interface Made {
  self: UserId;
  at: string;
}

/** A member as shown: the server's record with the queued changes. */
export interface ShownMember {
  userId: UserId;
  /** Absent if only the id is known. */
  name?: string;
  role: Role;
  /** Absent until the server has confirmed them. */
  joinedAt?: string;
  /** The queued change. */
  waits?: 'add' | 'role';
}

/** A message without a place: the server gives it its seq. */
export type UnplacedMessage = Omit<MessageRecord, 'seq'>;

/** Keys of the catalogue; the view that looks them up makes the compiler check them. */
export type FailureSentence =
  `failed.${'sentence' | 'edit' | 'vote' | 'close' | 'delete' | 'reaction' | 'pin' | 'create' | 'change' | 'add' | 'join' | 'remove' | 'leave' | 'role' | 'schedule'}`;

/**
 * What a final refusal means. `quiet`: the person did not request the op and can do nothing about it, so it is dropped. Otherwise the
 * sentence is shown at the message concerned, or in the conversation, until the person retries or discards the op.
 */
export type Failure = 'quiet' | { at: 'message' | 'conversation'; sentence: FailureSentence };

export interface OpRules<O extends Op> {
  /** The stream whose rev an answer names. [AP12] Overlays of records in another stream are not written on acceptance. */
  answeredIn: 'conversation' | 'personal';
  /** The message that it sends, as far as this device can describe it. */
  message?(op: O, self: UserId): UnplacedMessage;
  /** False if only the server can describe that message, which is then not written before its record arrives. [RC1] */
  knowsWholeMessage?(op: O): boolean;
  /** Overlays, one for each type of record that the op changes. Each returns the record as it will be once the op has taken effect. */
  overMessage?<M extends UnplacedMessage>(message: M, op: O, made: Made): M;
  overConversation?(conversation: ConversationRecord, op: O, made: Made): ConversationRecord;
  overMembership?(membership: MembershipRecord, op: O, made: Made): MembershipRecord;
  overMembers?(members: readonly ShownMember[], op: O, made: Made): ShownMember[];
  /** Merges two ops of which the earlier has not been sent yet; undefined if both must be sent. */
  merged?(earlier: O, later: O): O | undefined;
  failure(op: O, self: UserId): Failure;
}
