import { createEmailVerificationToken } from 'better-auth/api';
import type { BetterAuth } from './better-auth.ts';
import { withContexts } from './contexts.ts';
import { createDeadline, ANSWER_MS } from './deadline.ts';
import { LINK_SECONDS, type AccountEmail, linkOf, textOf } from './account-emails.ts';
import { type RequestScope, scopes } from './request-scope.ts';
import type { Users } from './users.ts';

interface DeliverParts {
  auth: BetterAuth;
  users: Users;
  secret: string;
  /** For links: the address that browsers see. */
  origin: string;
  send(email: { to: string; subject: string; text: string }): Promise<void>;
}

/**
 * Writes an email and sends it. Whether an address is somebody's is looked up here and not when the email is queued, so
 * that a request about a known address takes as long as one about an unknown one. [SEC-27]
 */
export function createDeliverEmail(parts: DeliverParts): (email: AccountEmail) => Promise<void> {
  return async (email) => {
    const addressed = await addressOf(email, parts);
    if (addressed === null) return;
    const { to, token } = addressed;
    await parts.send({ to, ...textOf(email, linkOf(email.kind, token, parts.origin)) });
  };
}

async function addressOf(email: AccountEmail, parts: DeliverParts): Promise<{ to: string; token: string } | null> {
  if (email.kind === 'reset') return resetToken(email.address, parts.auth);
  if (email.kind !== 'verify') return { to: email.address, token: 'token' in email ? email.token : '' };
  const address = await parts.users.address(email.userId);
  if (address === null || address.isVerified) return null;
  const { userId } = email;
  const token = await createEmailVerificationToken(parts.secret, address.email, undefined, LINK_SECONDS, { userId });
  return { to: address.email, token };
}

/** The library makes the token and hands it to its hook, which leaves it in the scope. */
async function resetToken(email: string, auth: BetterAuth): Promise<{ to: string; token: string } | null> {
  const deadline = createDeadline(ANSWER_MS);
  const scope: RequestScope = { deadline, ended: [], emails: [] };
  const asking = withContexts(() => scopes.run(scope, () => auth.api.requestPasswordReset({ body: { email } })));
  await deadline.bound(asking);
  return scope.reset ?? null;
}
