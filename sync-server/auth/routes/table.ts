import type { AccountRoute } from './account-route.ts';
import { changeEmail, sendVerificationEmail, verifyEmail } from './address.ts';
import { changePassword } from './change-password.ts';
import { getSession } from './get-session.ts';
import { listSessions } from './list-sessions.ts';
import { requestPasswordReset, resetPassword } from './reset-password.ts';
import { revokeOtherSessions, revokeSession, revokeSessions } from './revoke-sessions.ts';
import { signInOptions } from './sign-in-options.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { signUp } from './sign-up.ts';
import { updateUser } from './update-user.ts';

/** The routes that exist. Every other one is 404. [SEC-25] */
const routes = new Map<string, AccountRoute>(
  [
    getSession,
    listSessions,
    signUp,
    signIn,
    signOut,
    updateUser,
    changePassword,
    requestPasswordReset,
    resetPassword,
    sendVerificationEmail,
    verifyEmail,
    changeEmail,
    signInOptions,
    revokeSession,
    revokeSessions,
    revokeOtherSessions,
  ].map((route) => [`${route.method} ${route.path}`, route]),
);

/** By the exact path: `//`, other case and a trailing slash name nothing, so they cannot get past a limit. [SEC-22] */
export function routeOf(request: Request): AccountRoute | undefined {
  const path = /^\/api\/auth(\/.*)$/.exec(new URL(request.url).pathname)?.[1];
  return routes.get(`${request.method} ${path ?? ''}`);
}
