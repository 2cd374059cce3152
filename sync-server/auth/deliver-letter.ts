import { createEmailVerificationToken } from 'better-auth/api';
import type { BetterAuth } from './better-auth.ts';
import { withContexts } from './contexts.ts';
import { createDeadline, ANSWER_MS } from './deadline.ts';
import { LINK_SECONDS, type Letter, linkOf, textOf } from './letters.ts';
import { type RequestScope, scopes } from './request-scope.ts';
import type { Users } from './users.ts';

interface DeliverParts {
  auth: BetterAuth;
  users: Users;
  secret: string;
  /** For links: the address that browsers see. */
  origin: string;
  send(mail: { to: string; subject: string; text: string }): Promise<void>;
}

/**
 * Writes a letter and sends it. Whether an address is somebody's is looked up here and not when the letter is queued, so
 * that a request about a known address takes as long as one about an unknown one. [SEC-27]
 */
export function createDeliverLetter(parts: DeliverParts): (letter: Letter) => Promise<void> {
  return async (letter) => {
    const addressed = await addressOf(letter, parts);
    if (addressed === null) return;
    const { to, token } = addressed;
    await parts.send({ to, ...textOf(letter, linkOf(letter.kind, token, parts.origin)) });
  };
}

async function addressOf(letter: Letter, parts: DeliverParts): Promise<{ to: string; token: string } | null> {
  if (letter.kind === 'reset') return resetToken(letter.address, parts.auth);
  if (letter.kind !== 'verify') return { to: letter.address, token: 'token' in letter ? letter.token : '' };
  const address = await parts.users.address(letter.userId);
  if (address === null || address.isVerified) return null;
  const { userId } = letter;
  const token = await createEmailVerificationToken(parts.secret, address.email, undefined, LINK_SECONDS, { userId });
  return { to: address.email, token };
}

/** The library makes the token and hands it to its hook, which leaves it in the scope. */
async function resetToken(email: string, auth: BetterAuth): Promise<{ to: string; token: string } | null> {
  const deadline = createDeadline(ANSWER_MS);
  const scope: RequestScope = { deadline, ended: [], letters: [] };
  const asking = withContexts(() => scopes.run(scope, () => auth.api.requestPasswordReset({ body: { email } })));
  await deadline.bound(asking);
  return scope.reset ?? null;
}
