import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import type { Passkeys } from './passkeys.ts';
import { scopes } from './request-scope.ts';

export const PASSKEY_SIGN_IN = '/sign-in/passkey';

/** The library's plugin that starts a session for a person with one of the passkeys. No further code is required. [SEC-33] */
export function signInByPasskey(passkeys: Passkeys) {
  return {
    id: 'teamlink-passkeys',
    endpoints: {
      signInByPasskey: createAuthEndpoint(PASSKEY_SIGN_IN, { method: 'POST' }, async (ctx) => {
        const given = scopes.getStore()?.passkey;
        const userId = given === undefined ? null : await passkeys.verify(given.answer, given.origin);
        const user = userId === null ? null : await ctx.context.internalAdapter.findUserById(userId);
        if (user === null)
          throw new APIError('UNAUTHORIZED', {
            code: 'PASSKEY_REFUSED',
            message: 'This passkey belongs to no account here',
          });
        const session = await ctx.context.internalAdapter.createSession(user.id, false);
        await setSessionCookie(ctx, { session, user });
        return ctx.json({ status: true });
      }),
    },
  } satisfies BetterAuthPlugin;
}
