import type { SignInProvider } from '#server/auth/sign-in-providers.ts';
import type { AccountRoute } from './account-route.ts';
import { administrationRoutes } from './administration.ts';
import { changeEmail, sendVerificationEmail, verifyEmail } from './address.ts';
import { changePassword, setPassword } from './change-password.ts';
import { deleteAccount } from './delete-account.ts';
import { getSession } from './get-session.ts';
import { judgePassword } from './password-strength.ts';
import { listSessions } from './list-sessions.ts';
import { passkeyRoutes } from './passkeys.ts';
import { waysInRoutes } from './ways-in.ts';
import { requestPasswordReset, resetPassword } from './reset-password.ts';
import { revokeOtherSessions, revokeSession, revokeSessions } from './revoke-sessions.ts';
import { socialRoutes } from './social.ts';
import { signInOptions } from './sign-in-options.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { signUp } from './sign-up.ts';
import { disableTwoFactor, enableTwoFactor, verifyRecoveryCode, verifyTotp } from './two-factor.ts';
import { updateUser } from './update-user.ts';

const routes: readonly AccountRoute[] = [
  getSession,
  listSessions,
  signUp,
  judgePassword,
  signIn,
  signOut,
  updateUser,
  changePassword,
  setPassword,
  requestPasswordReset,
  resetPassword,
  sendVerificationEmail,
  verifyEmail,
  changeEmail,
  signInOptions,
  revokeSession,
  revokeSessions,
  revokeOtherSessions,
  deleteAccount,
  enableTwoFactor,
  verifyTotp,
  verifyRecoveryCode,
  disableTwoFactor,
  ...passkeyRoutes,
  ...waysInRoutes,
  ...administrationRoutes,
];

/** The routes that exist if people can sign in by these providers. */
export const accountRoutes = (providers: readonly SignInProvider[]): readonly AccountRoute[] => [
  ...routes,
  ...socialRoutes(providers),
];

export type FindRoute = (request: Request) => AccountRoute | undefined;

/**
 * The routes that exist; every other one is 404. They are found by their exact path: `//`, other case and a trailing slash
 * name nothing, so they cannot get past a limit. [SEC-22] [SEC-25]
 */
export function createFindRoute(providers: readonly SignInProvider[]): FindRoute {
  const byPath = new Map(accountRoutes(providers).map((route) => [`${route.method} ${route.path}`, route]));
  return (request) => {
    const path = /^\/api\/auth(\/.*)$/.exec(new URL(request.url).pathname)?.[1];
    return byPath.get(`${request.method} ${path ?? ''}`);
  };
}
