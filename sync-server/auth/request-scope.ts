import { AsyncLocalStorage } from 'node:async_hooks';
import type { Deadline } from './deadline.ts';

/** State of one request for the library's hooks, which are called without the request. */
export interface RequestScope {
  deadline: Deadline;
  /** Ids of the sessions that this request ended. */
  ended: string[];
  /** Present while an account is being made. */
  signUp?: SignUp;
}

export interface SignUp {
  /** The password's hash, once it is computed. */
  hash?: string;
  /** The id that user and credentials will have, once the credentials are written. */
  userId?: string;
}

export const scopes = new AsyncLocalStorage<RequestScope>();
