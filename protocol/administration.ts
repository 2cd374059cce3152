import * as v from 'valibot';
import { ConversationId, MessageId, UserId } from './ids.ts';
import { ReportOutcome, ReportReason } from './reports.ts';

/** `GET /api/auth/administration`: everybody may ask whether they are the administrator; only that person learns more. [AC4] */
export const Administration = v.variant('isAdministrator', [
  v.object({ isAdministrator: v.literal(false) }),
  v.object({
    isAdministrator: v.literal(true),
    signUp: v.picklist(['open', 'invite', 'closed']),
    /** Those whose addresses may sign up; absent: any. */
    domains: v.optional(v.array(v.string())),
    people: v.number(),
    /** Whether mails can be sent. */
    mail: v.boolean(),
    /** There is no mail server: the links of mails are only in the server's log, for whoever tries the app. */
    mailIsLogged: v.boolean(),
    /** Bytes of files on the server. */
    storedBytes: v.number(),
    /** Reports that nobody has dealt with. */
    openReports: v.number(),
  }),
]);
export type Administration = v.InferOutput<typeof Administration>;

/** What waits to be sent, and for how long the oldest of it has. */
const Waiting = v.object({ count: v.number(), oldestMs: v.optional(v.number()) });

/** `GET /api/auth/administration/health`. [AC12] */
export const Health = v.object({
  protocol: v.number(),
  /** The version of Node. */
  node: v.string(),
  /** Milliseconds since 1970. */
  startedAt: v.number(),
  isEmbedded: v.boolean(),
  /** Absent: the database does not answer. */
  answersInMs: v.optional(v.number()),
  memoryBytes: v.number(),
  /** Of the disk with the data folder; absent if that is unknown. */
  diskFreeBytes: v.optional(v.number()),
  /** Devices that are connected to this server. */
  connections: v.number(),
  /** Changes that the search and the notifications have not dealt with yet. */
  followers: v.array(v.object({ name: v.string(), count: v.number() })),
  pushes: Waiting,
  mails: Waiting,
  /** Lines of these kinds that this server has logged since it started. */
  errors: v.number(),
  warnings: v.number(),
});
export type Health = v.InferOutput<typeof Health>;

export const AdministeredPerson = v.object({
  id: UserId,
  name: v.string(),
  email: v.string(),
  isVerified: v.boolean(),
  isSuspended: v.boolean(),
  /** How many devices are signed in. */
  sessions: v.number(),
  createdAt: v.optional(v.string()),
});
export type AdministeredPerson = v.InferOutput<typeof AdministeredPerson>;

export const AdministeredPeople = v.object({ people: v.array(AdministeredPerson) });

/** Milliseconds since 1970. */
export const OpenInvitation = v.object({ id: v.string(), madeAt: v.number(), expiresAt: v.number() });
export type OpenInvitation = v.InferOutput<typeof OpenInvitation>;

export const OpenInvitations = v.object({ invitations: v.array(OpenInvitation) });

/** Somebody, as a report names them. Without a name, their account is deleted. */
const Named = v.object({ id: UserId, name: v.optional(v.string()) });

/** What the administrator reads of a report: everything that it is about, as the server held it then. [RP2] [RP3] */
export const Report = v.object({
  id: v.string(),
  /** Milliseconds since 1970. */
  at: v.number(),
  /** Absent: their account was deleted. */
  by: v.optional(Named),
  about: v.picklist(['message', 'person', 'group']),
  /** Who wrote the message, or who is reported. */
  person: v.optional(Named),
  stream: ConversationId,
  /** Of a group. */
  title: v.optional(v.string()),
  messageId: v.optional(MessageId),
  text: v.optional(v.string()),
  /** The names of the message's files. */
  files: v.optional(v.array(v.string())),
  /** When the message was sent; ISO 8601. */
  sentAt: v.optional(v.string()),
  /** The message was deleted before it was reported. */
  wasDeleted: v.optional(v.boolean()),
  reason: ReportReason,
  note: v.optional(v.string()),
  resolved: v.optional(v.object({ at: v.number(), by: Named, outcome: ReportOutcome })),
});
export type Report = v.InferOutput<typeof Report>;

export const ReportPage = v.object({ reports: v.array(Report), more: v.boolean() });
export type ReportPage = v.InferOutput<typeof ReportPage>;
