import type { FastifyInstance } from 'fastify';
import { REACH_PATH } from '#protocol/version.ts';

/**
 * Redirects to the app. The app's cache never answers this address, so a person who opens it behind the sign-in page of a network
 * or a proxy sees that page, and comes here after signing in there. [S2]
 */
export function registerReach(app: FastifyInstance): void {
  app.get(REACH_PATH, (_request, reply) => reply.redirect('/', 302));
}
