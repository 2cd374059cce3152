import type { FastifyInstance } from 'fastify';
import { REACH_PATH } from '#protocol/version.ts';

/**
 * Leads to the app. Its address is one that the app's cache never answers, so that whoever opens it behind the sign-in page of a
 * network or a proxy sees that page, and comes here once it lets them pass. [S2]
 */
export function registerReach(app: FastifyInstance): void {
  app.get(REACH_PATH, (_request, reply) => reply.redirect('/', 302));
}
