import { AsyncLocalStorage } from 'node:async_hooks';
import type { Deadline } from './deadline.ts';

/** What one request's hooks, which the library calls without it, have to know and to tell. */
export interface Scope {
  deadline: Deadline;
  /** Sessions that this request ended, by id. */
  ended: string[];
  /** Present while an account is being made. */
  signUp?: SignUp;
}

export interface SignUp {
  /** Of the password, once it is made. */
  hash?: string;
  /** The id that user and credentials will have, once the credentials are written. */
  userId?: string;
}

export const scopes = new AsyncLocalStorage<Scope>();
