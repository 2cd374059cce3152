import * as v from 'valibot';
import { UserId } from './ids.ts';

/** `GET /api/auth/administration`: everybody may ask whether they are the administrator; only that person learns more. [AC4] */
export const Administration = v.variant('isAdministrator', [
  v.object({ isAdministrator: v.literal(false) }),
  v.object({
    isAdministrator: v.literal(true),
    signUp: v.picklist(['open', 'invite', 'closed']),
    people: v.number(),
    /** Whether mails can be sent. */
    mail: v.boolean(),
    /** Bytes of files on the server. */
    storedBytes: v.number(),
  }),
]);
export type Administration = v.InferOutput<typeof Administration>;

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
