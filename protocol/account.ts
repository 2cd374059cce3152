import * as v from 'valibot';
import { UserId } from './ids.ts';

/*
 * What the app sends to the account routes and reads from them. Their errors have their library's format. [HT2] The sign-in
 * screen loads this file without the schemas of records.
 */

export interface SignUpRequest {
  name: string;
  email: string;
  password: string;
  /** The code of an invitation, if the server requires one. [AC5] */
  invitation?: string;
}

export interface SignInRequest {
  email: string;
  password: string;
  /** False on a shared computer: the session's cookie ends with the browser. */
  rememberMe?: boolean;
}

/** `POST /api/auth/delete-account`: until when signing in keeps the account, as an ISO 8601 time. [AC1] */
export const DeletionAnswer = v.object({ deletedAfter: v.string() });
export type DeletionAnswer = v.InferOutput<typeof DeletionAnswer>;

/** A redirect that ends a sign-in which has kept an account sets this cookie to `1`. [AC1] */
export const KEPT_ACCOUNT_COOKIE = 'kept-account';

export const Account = v.object({
  id: UserId,
  name: v.string(),
  email: v.string(),
  about: v.nullish(v.string()),
  emailVerified: v.optional(v.boolean()),
  image: v.nullish(v.string()),
  /** Whether a sign-in requires a code from an authenticator app. [AC6] */
  twoFactorEnabled: v.nullish(v.boolean()),
});
export type Account = v.InferOutput<typeof Account>;

export const SessionAnswer = v.nullable(v.object({ user: Account }));
export type SessionAnswer = v.InferOutput<typeof SessionAnswer>;

/** `GET /api/auth/sign-in-options`: what this server offers to somebody who is not signed in. [HT6] */
export const SignInOptions = v.object({
  /** Whether the server sends emails; without them, people cannot reset their password themselves. */
  mail: v.boolean(),
  /** Whether everybody may create an account, or only people with an invitation. */
  signUp: v.picklist(['open', 'invite', 'closed']),
  /** The domains whose addresses may sign up, if only some may; then only confirmed addresses may sign in. [AC7] */
  domains: v.optional(v.array(v.string())),
  /** The providers whose accounts people can sign in with. */
  providers: v.array(v.object({ id: v.string(), name: v.string() })),
});
export type SignInOptions = v.InferOutput<typeof SignInOptions>;
