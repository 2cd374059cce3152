import * as v from 'valibot';
import { SignInOptions } from '#protocol/account.ts';
import { request, type Outcome } from './request.ts';

// Separate from the other requests about accounts, because the sign-in page is shown before it needs these.
const Anything = v.unknown();

export function signInOptions(): Promise<Outcome<SignInOptions>> {
  return request('/api/auth/sign-in-options', SignInOptions);
}

/** The address of the provider, to which the browser goes. It comes back to this place in the app. */
export function signInElsewhere(provider: string, to: string): Promise<Outcome<{ url: string }>> {
  return request('/api/auth/sign-in/social', v.object({ url: v.string() }), { method: 'POST', body: { provider, to } });
}

export function requestPasswordReset(email: string): Promise<Outcome<unknown>> {
  return request('/api/auth/request-password-reset', Anything, { method: 'POST', body: { email } });
}

export function resetPassword(token: string, newPassword: string): Promise<Outcome<unknown>> {
  return request('/api/auth/reset-password', Anything, { method: 'POST', body: { token, newPassword } });
}

/** The step of the confirmation that the token was for. */
const Confirmed = v.object({ step: v.string() });

/** The proof that the account belongs to the person who confirms its address, if this browser has no session of it. [SEC-31] */
export type Proof = { password: string } | { newPassword: string };

export function confirmAddress(token: string, proof?: Proof): Promise<Outcome<{ step: string }>> {
  return request('/api/auth/verify-email', Confirmed, { method: 'POST', body: { token, ...proof } });
}

export function sendConfirmation(): Promise<Outcome<unknown>> {
  return request('/api/auth/send-verification-email', Anything, { method: 'POST', body: {} });
}

export function changeAddress(newEmail: string): Promise<Outcome<unknown>> {
  return request('/api/auth/change-email', Anything, { method: 'POST', body: { newEmail } });
}
