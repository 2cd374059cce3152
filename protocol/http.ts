import * as v from 'valibot';
import { SyncError } from './errors.ts';
import { ConversationId, StreamId, UserId } from './ids.ts';
import { limits } from './limits.ts';
import { Attachment, AttachmentKind, MessageRecord } from './record.ts';
import { strict, text } from './shape.ts';

/** `GET /api/users?q=&after=` or `?id=`: people with whom the caller may start a chat. [HT3] */
export const UsersQuery = strict({
  q: v.optional(text(limits.query)),
  after: v.optional(v.pipe(v.string(), v.maxLength(400))),
  id: v.optional(UserId),
});
export type UsersQuery = v.InferOutput<typeof UsersQuery>;

export const Person = v.object({
  id: UserId,
  name: v.string(),
  avatar: v.optional(v.string()),
  about: v.optional(v.string()),
});
export type Person = v.InferOutput<typeof Person>;

export const UsersAnswer = v.object({ users: v.array(Person), next: v.optional(v.string()) });
export type UsersAnswer = v.InferOutput<typeof UsersAnswer>;

/** `GET /api/search?q=&stream=&before=`: messages that hold every word. [SR1] */
export const SearchQuery = strict({
  q: text(limits.query),
  stream: v.optional(ConversationId),
  before: v.optional(v.pipe(v.string(), v.maxLength(400))),
});
export type SearchQuery = v.InferOutput<typeof SearchQuery>;

export const SearchAnswer = v.object({
  /** Newest first. */
  records: v.array(MessageRecord),
  more: v.boolean(),
  /** The value for `before`, if there are more. */
  next: v.optional(v.string()),
});
export type SearchAnswer = v.InferOutput<typeof SearchAnswer>;

/** Every failure under `/api`, except those of the account routes. */
export const HttpFailure = v.object({ error: SyncError });

const wholeNumber = v.pipe(v.string(), v.regex(/^\d{1,9}$/, 'a whole number'), v.transform(Number));

/**
 * What is sent with an uploaded file, as fields of a form or as metadata. The server determines kind, size and type itself, and
 * respects `kind` if the content allows it. What it cannot measure, such as the duration of a sound or a film, is shown as given.
 * [MD1] [MD2]
 */
export const UploadFacts = strict({
  stream: StreamId,
  kind: v.optional(AttachmentKind),
  name: v.optional(text(1_000)),
  mime: v.optional(text(200)),
  width: v.optional(wholeNumber),
  height: v.optional(wholeNumber),
  durationMs: v.optional(wholeNumber),
  /** Base64 of at most 300 bytes, each the loudness of one part. */
  waveform: v.optional(v.pipe(text(400), v.regex(/^[A-Za-z0-9+/]*={0,2}$/))),
});
export type UploadFacts = v.InferOutput<typeof UploadFacts>;

export const UploadAnswer = Attachment;
