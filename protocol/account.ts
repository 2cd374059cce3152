import * as v from 'valibot';
import { UserId } from './ids.ts';

/*
 * What the app sends to the account routes and reads from them. Their errors have their library's format. [HT2] The sign-in screen
 * loads this file, and none of what records are made of.
 */

export interface SignUpRequest {
  name: string;
  email: string;
  password: string;
  /** The code of an invitation, where the server asks for one. [AC5] */
  invitation?: string;
}

export interface SignInRequest {
  email: string;
  password: string;
  /** False on a shared computer: the session's cookie ends with the browser. */
  rememberMe?: boolean;
}

export const Account = v.object({
  id: UserId,
  name: v.string(),
  email: v.string(),
  about: v.nullish(v.string()),
  emailVerified: v.optional(v.boolean()),
  image: v.nullish(v.string()),
  /** Whether a code of an authenticator app is asked for at a sign-in. [AC6] */
  twoFactorEnabled: v.nullish(v.boolean()),
});
export type Account = v.InferOutput<typeof Account>;

export const SessionAnswer = v.nullable(v.object({ user: Account }));
export type SessionAnswer = v.InferOutput<typeof SessionAnswer>;

/** `GET /api/auth/sign-in-options`: what this server offers to somebody who is not signed in. [HT6] */
export const SignInOptions = v.object({
  /** Whether the server sends mails: without, nobody gets a new password by themselves. */
  mail: v.boolean(),
  /** Whether anybody may make an account, or somebody with an invitation. */
  signUp: v.picklist(['open', 'invite', 'closed']),
  /** Where only addresses of some domains may sign up, and only confirmed ones sign in: those domains. [AC7] */
  domains: v.optional(v.array(v.string())),
  /** Where else people may have an account that they can sign in with. */
  providers: v.array(v.object({ id: v.string(), name: v.string() })),
});
export type SignInOptions = v.InferOutput<typeof SignInOptions>;
