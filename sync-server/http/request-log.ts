import type { FastifyInstance } from 'fastify';

/** One line a request, by route pattern: a URL's query and an address would be personal. [SEC-52] */
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
