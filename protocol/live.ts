import * as v from 'valibot';
import { ErrorCode } from './errors.ts';
import { ConversationId, DeviceId, StreamId, UserId } from './ids.ts';
import { MAX_WATCHED } from './limits.ts';
import { FeedRecord } from './record.ts';
import { Count, Instant, strict } from './shape.ts';

/*
 * What goes over the socket beside the verbs. The first group is the hand-shake, the second comes from the server, the
 * third from clients.
 */

/** The hand-shake's `auth`; the session itself is the cookie. [LV1] */
export const HandshakeAuth = v.object({ protocol: v.number(), device: DeviceId });
export type HandshakeAuth = v.InferOutput<typeof HandshakeAuth>;

/** `connect_error`'s data. */
export const Refusal = v.object({ code: ErrorCode, retryAfterMs: v.optional(v.number()) });
export type Refusal = { code: ErrorCode; retryAfterMs?: number };

export const Welcome = v.object({
  protocol: v.number(),
  epoch: v.string(),
  userId: UserId,
  serverTime: Instant,
  limits: v.record(v.string(), v.number()),
});
export type Welcome = v.InferOutput<typeof Welcome>;

/** One step of a stream's chain: applies where `prev ≤ own cursor < cursor`. [LV3] */
export const Changes = v.object({ stream: StreamId, prev: Count, cursor: Count, records: v.array(FeedRecord) });
export type Changes = v.InferOutput<typeof Changes>;

/** Streams that moved since the last one to this socket, with their heads. [LV5] */
export const Heads = v.record(StreamId, Count);
export type Heads = v.InferOutput<typeof Heads>;

export const TypingNotice = v.object({ stream: ConversationId, userId: UserId, on: v.boolean() });
export type TypingNotice = v.InferOutput<typeof TypingNotice>;

export const Presence = v.object({ userId: UserId, online: v.boolean(), lastSeenAt: v.optional(Instant) });
export type Presence = v.InferOutput<typeof Presence>;

export const SessionEnded = v.object({ reason: v.string() });
export type SessionEnded = v.InferOutput<typeof SessionEnded>;

export const Typing = strict({ stream: ConversationId, on: v.boolean() });
export type Typing = v.InferOutput<typeof Typing>;

export const Watch = strict({ userIds: v.pipe(v.array(UserId), v.maxLength(MAX_WATCHED)) });
export type Watch = v.InferOutput<typeof Watch>;

/** Events by name, for both ends' types and for the version's pin. */
export const serverEvents = {
  welcome: Welcome,
  changes: Changes,
  heads: Heads,
  typing: TypingNotice,
  presence: Presence,
  session_ended: SessionEnded,
} as const;

export const clientEvents = { typing: Typing, watch: Watch } as const;
