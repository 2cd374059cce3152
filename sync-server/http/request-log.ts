import type { FastifyInstance } from 'fastify';

/** Logs one line per request, with the route's pattern, because a URL's query and an address are personal. [SEC-52] */
export function registerRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const facts = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (reply.statusCode >= 500) request.log.warn(facts, 'request failed');
    else request.log.debug(facts, 'request');
  });
}
