import * as v from 'valibot';
import { ConversationId, MessageId, UserId } from './ids.ts';
import { ReportOutcome, ReportReason } from './reports.ts';

/** `GET /api/auth/administration`: everybody may ask whether they are the administrator; only the administrator is told more. [AC4] */
export const Administration = v.variant('isAdministrator', [
  v.object({ isAdministrator: v.literal(false) }),
  v.object({
    isAdministrator: v.literal(true),
    signUp: v.picklist(['open', 'invite', 'closed']),
    /** The domains whose addresses may sign up; absent if all may. */
    domains: v.optional(v.array(v.string())),
    people: v.number(),
    /** Whether emails can be sent. */
    mail: v.boolean(),
    /** There is no mail server, so the links of emails are only in the server's log, for trying out the app. */
    mailIsLogged: v.boolean(),
    /** Bytes of files on the server. */
    storedBytes: v.number(),
    /** Reports that nobody has dealt with. */
    openReports: v.number(),
  }),
]);
export type Administration = v.InferOutput<typeof Administration>;

/** How many emails wait to be sent, and for how long the oldest one has waited. */
const Waiting = v.object({ count: v.number(), oldestMs: v.optional(v.number()) });

/** `GET /api/auth/administration/health`. [AC12] */
export const Health = v.object({
  protocol: v.number(),
  /** The version of Node.js. */
  node: v.string(),
  /** Milliseconds since 1970. */
  startedAt: v.number(),
  isEmbedded: v.boolean(),
  /** Absent if the database does not answer. */
  answersInMs: v.optional(v.number()),
  memoryBytes: v.number(),
  /** The disk that has the data folder; absent if that is unknown. */
  diskFreeBytes: v.optional(v.number()),
  /** Devices that are connected to this server. */
  connections: v.number(),
  /** Changes that search and notifications have not processed yet. */
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

/** A person, as a report names them. If they have no name, their account was deleted. */
const Named = v.object({ id: UserId, name: v.optional(v.string()) });

/** A report as the administrator reads it, with its subject as the server held it then. [RP2] [RP3] */
export const Report = v.object({
  id: v.string(),
  /** Milliseconds since 1970. */
  at: v.number(),
  /** Absent if their account was deleted. */
  by: v.optional(Named),
  about: v.picklist(['message', 'person', 'group']),
  /** The author of the message, or the reported person. */
  person: v.optional(Named),
  stream: ConversationId,
  /** The title of the reported group. */
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
