import * as v from 'valibot';
import { ErrorCode } from './errors.ts';
import { ConversationId, DeviceId, StreamId, UserId } from './ids.ts';
import { MAX_WATCHED } from './limits.ts';
import { FeedRecord } from './record.ts';
import { Count, Instant, Positive, strict } from './shape.ts';

/*
 * What is sent over the socket besides the verbs: first the handshake, then the events from the server, then those from clients.
 */

/** The handshake's `auth`; the session itself is in the cookie. [LV1] */
export const HandshakeAuth = v.object({ protocol: v.number(), device: DeviceId });
export type HandshakeAuth = v.InferOutput<typeof HandshakeAuth>;

/** The data of `connect_error`. [LV1] */
export const Refusal = v.object({ code: ErrorCode, retryAfterMs: v.optional(v.number()) });
export type Refusal = { code: ErrorCode; retryAfterMs?: number };

export const Welcome = v.object({
  protocol: v.number(),
  epoch: v.string(),
  userId: UserId,
  serverTime: Instant,
  limits: v.record(v.string(), v.number()),
  /** How many cells a digest may have; absent on a server that knows no digest. [DG5] */
  digest: v.optional(Positive),
});
export type Welcome = v.InferOutput<typeof Welcome>;

/** One link in a stream's chain of changes; it applies if `prev ≤ the client's cursor < cursor`. [LV3] [LV4] */
export const Changes = v.object({ stream: StreamId, prev: Count, cursor: Count, records: v.array(FeedRecord) });
export type Changes = v.InferOutput<typeof Changes>;

/** The streams that changed since the previous `heads` to this socket, with the revs of their heads. [LV5] */
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

/** Whether the app is visible on this device; if so, no push is sent to it. [LV11] */
export const Visible = strict({ on: v.boolean() });
export type Visible = v.InferOutput<typeof Visible>;

/** Events by name, for the types of both ends and for the hash that version.test.ts pins. */
export const serverEvents = {
  welcome: Welcome,
  changes: Changes,
  heads: Heads,
  typing: TypingNotice,
  presence: Presence,
  session_ended: SessionEnded,
} as const;

export const clientEvents = { typing: Typing, watch: Watch, visible: Visible } as const;
