import * as v from 'valibot';
import { SessionAnswer, type Account, type SignInRequest, type SignUpRequest } from '#protocol/account.ts';
import { request, type Outcome } from './request.ts';

/** Only the success of signing up and in is read from the answer; the signed-in person comes from `get-session`. */
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

/** A code of an authenticator app, or a recovery code. */
export function verifyCode(code: string): Promise<Outcome<unknown>> {
  const path = /^[\d\s]+$/.test(code) ? 'verify-totp' : 'verify-backup-code';
  return request(`/api/auth/two-factor/${path}`, Anything, { method: 'POST', body: { code } });
}

/** The account of the session cookie; null without a session. */
export async function currentAccount(): Promise<Outcome<Account | null>> {
  const outcome = await request('/api/auth/get-session', SessionAnswer);
  if (outcome.ok) return { ok: true, value: outcome.value?.user ?? null };
  const { failure } = outcome;
  return failure.kind === 'refused' && failure.status === 401 ? { ok: true, value: null } : outcome;
}
