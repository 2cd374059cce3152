import * as v from 'valibot';
import { WaysIn } from '#protocol/ways-in.ts';
import { request, type Outcome } from './request.ts';

const Anything = v.unknown();
const post = (path: string, body: object) => request(`/api/auth${path}`, Anything, { method: 'POST', body });

/** How the user can sign in. [SEC-34] */
export function ownWaysIn(): Promise<Outcome<WaysIn>> {
  return request('/api/auth/ways-in', WaysIn);
}

/** The address of the provider, to which the browser goes, and from which it comes back to the settings. */
export function linkProvider(provider: string, to: string): Promise<Outcome<{ url: string }>> {
  return request('/api/auth/link-social', v.object({ url: v.string() }), { method: 'POST', body: { provider, to } });
}

/** A provider's id, or `password`. */
export const unlink = (way: string): Promise<Outcome<unknown>> => post('/unlink', { way });

/** The first password of somebody who has none. It ends the sessions of their other devices. */
export const setPassword = (newPassword: string): Promise<Outcome<unknown>> => post('/set-password', { newPassword });

export const renamePasskey = (id: string, name: string): Promise<Outcome<unknown>> =>
  post('/passkey/rename', { id, name });

export const removePasskey = (id: string): Promise<Outcome<unknown>> => post('/passkey/remove', { id });

/** Proves by the password that the user is still present; without a password, asks whether a proof is needed. [SEC-32] */
export const prove = (password?: string): Promise<Outcome<unknown>> =>
  post('/prove', password === undefined ? {} : { password });
