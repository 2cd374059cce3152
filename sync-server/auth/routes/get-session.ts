import { accountRoute } from './account-route.ts';

/** Answers a browser's own session. The library deletes an expired one when it is asked for it. */
export const getSession = accountRoute({ method: 'GET', path: '/get-session', endReason: 'expired' });
