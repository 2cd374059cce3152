import * as v from 'valibot';
import { SessionAnswer, type Account, type SignInRequest, type SignUpRequest } from '#protocol/http.ts';
import type { MediaId } from '#protocol/ids.ts';
import { request, type Outcome } from './request.ts';

/** Only the success of signing up and in is read from the answer; who is signed in comes from `get-session`. */
const Anything = v.unknown();

export function signUp(account: SignUpRequest): Promise<Outcome<unknown>> {
  return request('/api/auth/sign-up/email', Anything, { method: 'POST', body: account });
}

export function signIn(account: SignInRequest): Promise<Outcome<unknown>> {
  return request('/api/auth/sign-in/email', Anything, { method: 'POST', body: account });
}

export function endSession(): Promise<Outcome<unknown>> {
  return request('/api/auth/sign-out', Anything, { method: 'POST', body: {} });
}

/** Ends the sessions of all devices, this one's included. */
export function endEverySession(): Promise<Outcome<unknown>> {
  return request('/api/auth/revoke-sessions', Anything, { method: 'POST', body: {} });
}

/** Without a password only for somebody who signs in elsewhere. */
export function deleteAccount(password: string): Promise<Outcome<unknown>> {
  const body = password === '' ? {} : { password };
  return request('/api/auth/delete-account', Anything, { method: 'POST', body });
}

export function changePassword(currentPassword: string, newPassword: string): Promise<Outcome<unknown>> {
  return request('/api/auth/change-password', Anything, { method: 'POST', body: { currentPassword, newPassword } });
}

/** A file that was uploaded to one's own stream; null for none. [MD12] */
export function changePicture(image: MediaId | null): Promise<Outcome<unknown>> {
  return request('/api/auth/update-user', Anything, { method: 'POST', body: { image } });
}

export function changeName(name: string): Promise<Outcome<unknown>> {
  return request('/api/auth/update-user', Anything, { method: 'POST', body: { name } });
}

/** The account of the session cookie; null without a session. */
export async function currentAccount(): Promise<Outcome<Account | null>> {
  const outcome = await request('/api/auth/get-session', SessionAnswer);
  if (outcome.ok) return { ok: true, value: outcome.value?.user ?? null };
  const { failure } = outcome;
  return failure.kind === 'refused' && failure.status === 401 ? { ok: true, value: null } : outcome;
}
