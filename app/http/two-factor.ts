import * as v from 'valibot';
import { request, type Outcome } from './request.ts';

const Setup = v.object({ totpURI: v.string(), backupCodes: v.array(v.string()) });
export type TwoFactorSetup = v.InferOutput<typeof Setup>;

/** The secret for an authenticator app, and the recovery codes. [AC6] */
export function beginTwoFactor(password: string): Promise<Outcome<TwoFactorSetup>> {
  return request('/api/auth/two-factor/enable', Setup, { method: 'POST', body: { password } });
}

export function endTwoFactor(password: string): Promise<Outcome<unknown>> {
  return request('/api/auth/two-factor/disable', v.unknown(), { method: 'POST', body: { password } });
}
