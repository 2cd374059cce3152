import { AsyncLocalStorage } from 'node:async_hooks';
import type { PasskeyAnswer } from '#protocol/ways-in.ts';
import type { Deadline } from './deadline.ts';
import type { AccountEmail } from './account-emails.ts';

/** State of one request for the library's hooks, which are called without the request. */
export interface RequestScope {
  deadline: Deadline;
  /** Ids of the sessions that this request ended. */
  ended: string[];
  /** Emails, without a language, that this request has caused; they are queued if it succeeds. */
  emails: UntranslatedEmail[];
  /** The hash that the library made for a new password. */
  reset?: { to: string; token: string };
  /** The stored hash with which a password was compared. */
  checkedHash?: string;
  /** The code of an authenticator app that this request gave. */
  code?: string;
  /** A passkey's answer, for a page of this origin. */
  passkey?: { answer: PasskeyAnswer; origin: string };
  /** The id of the session that this request started. */
  startedSession?: string;
  /** The session ended the grace period of an account that was to be deleted. [AC1] */
  hasKeptAccount?: true;
  /** Present while an account is being created. */
  signUp?: SignUp;
}

type WithoutLanguage<T> = T extends unknown ? Omit<T, 'language'> : never;
export type UntranslatedEmail = WithoutLanguage<AccountEmail>;

export interface SignUp {
  /** The password's hash, once it is computed. */
  hash?: string;
  /** The id that user and credentials will have, once the credentials are written. */
  userId?: string;
}

export const scopes = new AsyncLocalStorage<RequestScope>();
