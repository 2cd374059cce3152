import { accountRoute } from './account-route.ts';
import { Nothing } from './fields.ts';

export const signOut = accountRoute({
  method: 'POST',
  path: '/sign-out',
  body: Nothing,
  // A browser whose session is gone signs out too, to lose its cookie.
  session: 'optional',
  endReason: 'signed_out',
  endsSessions: 'own',
});
