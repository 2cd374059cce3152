import * as v from 'valibot';
import { SessionAnswer, SignInOptions, type Account, type SignInRequest, type SignUpRequest } from '#protocol/http.ts';
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

export function changePassword(currentPassword: string, newPassword: string): Promise<Outcome<unknown>> {
  return request('/api/auth/change-password', Anything, { method: 'POST', body: { currentPassword, newPassword } });
}

export function changeName(name: string): Promise<Outcome<unknown>> {
  return request('/api/auth/update-user', Anything, { method: 'POST', body: { name } });
}

export function signInOptions(): Promise<Outcome<SignInOptions>> {
  return request('/api/auth/sign-in-options', SignInOptions);
}

export function requestPasswordReset(email: string): Promise<Outcome<unknown>> {
  return request('/api/auth/request-password-reset', Anything, { method: 'POST', body: { email } });
}

export function resetPassword(token: string, newPassword: string): Promise<Outcome<unknown>> {
  return request('/api/auth/reset-password', Anything, { method: 'POST', body: { token, newPassword } });
}

/** Which step of which confirmation the token was for. */
const Confirmed = v.object({ step: v.string() });

export function confirmAddress(token: string): Promise<Outcome<{ step: string }>> {
  return request('/api/auth/verify-email', Confirmed, { method: 'POST', body: { token } });
}

export function sendConfirmation(): Promise<Outcome<unknown>> {
  return request('/api/auth/send-verification-email', Anything, { method: 'POST', body: {} });
}

export function changeAddress(newEmail: string): Promise<Outcome<unknown>> {
  return request('/api/auth/change-email', Anything, { method: 'POST', body: { newEmail } });
}

/** The account of the session cookie; null without a session. */
export async function currentAccount(): Promise<Outcome<Account | null>> {
  const outcome = await request('/api/auth/get-session', SessionAnswer);
  if (outcome.ok) return { ok: true, value: outcome.value?.user ?? null };
  const { failure } = outcome;
  return failure.kind === 'refused' && failure.status === 401 ? { ok: true, value: null } : outcome;
}
