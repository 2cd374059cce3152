import { accountRoute } from './account-route.ts';

export const listSessions = accountRoute({ method: 'GET', path: '/list-sessions', session: 'required' });
