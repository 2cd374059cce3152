import { strict, text } from '#protocol/shape.ts';
import { accountRoute } from './account-route.ts';
import { Nothing } from './fields.ts';

export const revokeSession = accountRoute({
  method: 'POST',
  path: '/revoke-session',
  body: strict({ token: text(200) }),
  session: 'required',
  endsSessions: 'named',
});

export const revokeSessions = accountRoute({
  method: 'POST',
  path: '/revoke-sessions',
  body: Nothing,
  session: 'required',
  endsSessions: 'all',
});

export const revokeOtherSessions = accountRoute({
  method: 'POST',
  path: '/revoke-other-sessions',
  body: Nothing,
  session: 'required',
  endsSessions: 'others',
});
