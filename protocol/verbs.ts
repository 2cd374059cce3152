import * as v from 'valibot';
import { Digest } from './digest.ts';
import { Failure, SyncError } from './errors.ts';
import { ConversationId, MessageId, StreamId } from './ids.ts';
import { MAX_ANSWER_BYTES, MIN_ANSWER_BYTES, limits } from './limits.ts';
import { FeedRecord, MessageRecord } from './record.ts';
import { Count, Instant, Positive, keyed, strict } from './shape.ts';

/*
 * The three verbs, the same over the socket (an event with an acknowledgement) and over HTTP (`POST /api/sync/<verb>`). [VB1]
 * Requests are parsed strictly; answers drop fields that this version does not know. [SH1] [SH5]
 */

const Limit = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(limits.page));
/** How large an answer may be, as JSON before compression. A client that has measured its link asks for more or less. [VB10] */
const MaxBytes = v.pipe(v.number(), v.safeInteger(), v.minValue(MIN_ANSWER_BYTES), v.maxValue(MAX_ANSWER_BYTES));

/** How many messages of a conversation that is new to the device are sent at first. [VB11] */
const Window = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(limits.window));

/** The handler parses the ops one by one, so that a bad op never affects its neighbours. [AP6] */
export const PushRequest = strict({ ops: v.pipe(v.array(v.unknown()), v.maxLength(limits.ops)) });
export type PushRequest = v.InferOutput<typeof PushRequest>;

export const OpAccepted = v.object({
  id: v.string(),
  ok: v.literal(true),
  /** The stream of the op's main record: `u:…` for membership.update and receipt.mark. */
  stream: StreamId,
  rev: Count,
  seq: v.optional(Positive),
});
export type OpAccepted = v.InferOutput<typeof OpAccepted>;

export const OpRefused = v.object({ id: v.string(), ok: v.literal(false), error: SyncError });
export type OpRefused = { id: string; ok: false; error: SyncError };

export const OpResult = v.variant('ok', [OpAccepted, OpRefused]);
export type OpResult = OpAccepted | OpRefused;

export const PushAnswer = v.object({ results: v.array(OpResult) });
export type PushAnswer = { results: OpResult[] };

/**
 * In one of three forms: the cursors of all streams or of those in `only`, a digest of all of them [DG1], or the token for the
 * `rest` of an answer to a digest [DG2].
 */
export const PullRequest = strict({
  epoch: v.optional(v.string()),
  cursors: v.optional(keyed(StreamId, Count)),
  only: v.optional(v.array(StreamId)),
  digest: v.optional(Digest),
  rest: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/))),
  limit: v.optional(Limit),
  maxBytes: v.optional(MaxBytes),
  window: v.optional(Window),
});
export type PullRequest = v.InferOutput<typeof PullRequest>;

export const StreamPage = v.object({
  stream: StreamId,
  records: v.array(FeedRecord),
  cursor: Count,
  more: v.boolean(),
  /** In the answer to a digest: the cursor that the page continues from. Below it, a client must not apply the page. [DG3] */
  after: v.optional(Count),
  /** The client drops everything it holds of this stream, then applies the page. [CL4] */
  reset: v.optional(v.boolean()),
});
export type StreamPage = v.InferOutput<typeof StreamPage>;

export const PullAnswer = v.object({
  epoch: v.string(),
  streams: v.array(StreamPage),
  more: v.boolean(),
  /** How to ask for the streams that the digest showed and that do not fit into this answer, and how many there are. [DG2] */
  rest: v.optional(v.object({ token: v.string(), streams: Count })),
});
export type PullAnswer = v.InferOutput<typeof PullAnswer>;

/** A place in a conversation, given by one of three: a seq, a message, or the first message at this time or later. [VB12] */
const HistoryPlace = strict({
  seq: v.optional(Positive),
  id: v.optional(MessageId),
  time: v.optional(Instant),
});
export type HistoryPlace = v.InferOutput<typeof HistoryPlace>;

export const HistoryRequest = strict({
  stream: ConversationId,
  before: v.optional(Count),
  after: v.optional(Count),
  around: v.optional(HistoryPlace),
  limit: v.optional(Limit),
  maxBytes: v.optional(MaxBytes),
});
export type HistoryRequest = v.InferOutput<typeof HistoryRequest>;

export const HistoryAnswer = v.object({ stream: ConversationId, records: v.array(MessageRecord), more: v.boolean() });
export type HistoryAnswer = v.InferOutput<typeof HistoryAnswer>;

export const verbs = {
  push: { request: PushRequest, answer: v.union([PushAnswer, Failure]) },
  pull: { request: PullRequest, answer: v.union([PullAnswer, Failure]) },
  history: { request: HistoryRequest, answer: v.union([HistoryAnswer, Failure]) },
} as const;

export type Verb = keyof typeof verbs;
export type RequestOf<K extends Verb> = v.InferOutput<(typeof verbs)[K]['request']>;
export type AnswerOf<K extends Verb> =
  | (K extends 'push' ? PushAnswer : K extends 'pull' ? PullAnswer : HistoryAnswer)
  | Failure;

export const verbNames = Object.keys(verbs) as Verb[];
