import * as v from 'valibot';
import { request, type Outcome } from './request.ts';

const Strength = v.picklist(['common', 'weak', 'fair', 'strong']);
export type Strength = v.InferOutput<typeof Strength>;

/** The strength of a password that is being chosen. `about`: words that guesses would start with, such as a name. [SEC-30] */
export function passwordStrength(
  password: string,
  about: readonly string[],
  signal: AbortSignal,
): Promise<Outcome<{ strength: Strength }>> {
  const body = { password: password.slice(0, 128), about: about.filter((text) => text !== '') };
  return request('/api/auth/password-strength', v.object({ strength: Strength }), { method: 'POST', body, signal });
}
