import * as v from 'valibot';
import { request, type Outcome } from './request.ts';

/** The fields of the account library's session that are shown; the token identifies it. [HT2] */
const Session = v.object({
  token: v.string(),
  createdAt: v.string(),
  updatedAt: v.string(),
  userAgent: v.nullish(v.string()),
});
const Sessions = v.array(Session);
const Own = v.nullable(v.object({ session: v.object({ token: v.string() }) }));

export interface SignedInDevice {
  token: string;
  userAgent: string;
  /** ISO instants. */
  since: string;
  lastSeen: string;
  isThisOne: boolean;
}

/** The devices on which the user is signed in: this one first, then by when they were last seen. */
export async function signedInDevices(): Promise<Outcome<SignedInDevice[]>> {
  const [all, own] = await Promise.all([
    request('/api/auth/list-sessions', Sessions),
    request('/api/auth/get-session', Own),
  ]);
  if (!all.ok) return all;
  if (!own.ok) return own;
  const value = all.value.map(({ token, createdAt, updatedAt, userAgent }) => ({
    token,
    userAgent: userAgent ?? '',
    since: createdAt,
    lastSeen: updatedAt,
    isThisOne: token === own.value?.session.token,
  }));
  return {
    ok: true,
    value: value.toSorted(
      (a, b) => Number(b.isThisOne) - Number(a.isThisOne) || Date.parse(b.lastSeen) - Date.parse(a.lastSeen),
    ),
  };
}

export function endOneSession(token: string): Promise<Outcome<unknown>> {
  return request('/api/auth/revoke-session', v.unknown(), { method: 'POST', body: { token } });
}

export function endOtherSessions(): Promise<Outcome<unknown>> {
  return request('/api/auth/revoke-other-sessions', v.unknown(), { method: 'POST', body: {} });
}
