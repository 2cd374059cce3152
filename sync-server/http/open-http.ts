import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { syncError } from '#protocol/errors.ts';
import { MAX_HTTP_BODY_BYTES } from '#protocol/limits.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import { networkOf } from '#server/auth/network.ts';
import type { Config } from '#server/config.ts';
import { type LogCounts, loggerOptions } from '#server/logging.ts';
import { registerFailures, sendFailure, sendUnreadable } from './failures.ts';
import { isOwnOrigin } from './origin.ts';
import { isApi } from './path.ts';
import type { ProxyNotices } from './proxy-notices.ts';
import type { Trust } from './proxies.ts';
import { rateFailure } from './rate-limit.ts';
import { registerRequestLog } from './request-log.ts';
import { watchSlowBodies } from './slow-bodies.ts';

/** The limit for all requests from one network, signed in or not: enough for a thousand people behind one address to start the app. */
const REQUESTS = { windowMs: 10_000, max: 6_000 };

/** Fastify with the rules for every route: time and size limits, origins, failures in the protocol's form. */
export function openHttp(
  config: Config,
  trust: Trust,
  limiter: Limiter | undefined,
  notices: ProxyNotices,
  counts?: LogCounts,
): FastifyInstance {
  const app = fastify({
    ...serverOf(config),
    logger: loggerOptions(config.logLevel, counts),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trust,
    bodyLimit: MAX_HTTP_BODY_BYTES,
    requestTimeout: 0, // watchSlowBodies does better
    connectionTimeout: 60_000,
    forceCloseConnections: 'idle',
    // Failures before a route is found, such as a path that cannot be decoded or is too long.
    frameworkErrors: (error, _request, reply) => void sendUnreadable(reply, error.statusCode ?? 400),
    // Fields such as `__proto__` stay own fields and are refused as unknown ones, as on the socket, without affecting an op's
    // neighbours. [AP6] [SEC-45]
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
  });
  watchSlowBodies(app.server);
  // The verbs accept only JSON, because any page can send a form or plain text without a preflight. [SEC-41]
  app.removeContentTypeParser('text/plain');
  registerFailures(app);
  registerRequestLog(app);
  app.decorateRequest('session', null);
  app.addHook('onRequest', async (request, reply) => {
    if (!isApi(request)) return;
    const { origin, host } = request.headers;
    notices.forwarded(request.raw, request.log);
    if (!isOwnOrigin(origin, host, config.publicOrigin)) {
      notices.refusedOrigin(request.raw, request.log);
      await sendFailure(reply, syncError('forbidden', 'requests from this origin are not allowed', { path: 'origin' }));
      return;
    }
    const excess = rateFailure(limiter, `http ${networkOf(request.ip)}`, REQUESTS);
    if (excess !== undefined) await sendFailure(reply, excess);
  });
  return app;
}

/** Slow headers keep a connection for 10 s, checked every 5 s. [SEC-44] */
const TIMES = { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 };

/** Fastify's types depend on the kind of server; the code here does not. */
function serverOf({ tls }: Config): object {
  if (tls === undefined) return { http: TIMES };
  return { https: { ...TIMES, cert: readFileSync(tls.cert), key: readFileSync(tls.key) } };
}

/** Without a host, uses every address of the machine, only those of IPv4 if there is no IPv6. */
async function onAddress(host: string | undefined, attempt: (host: string) => Promise<unknown>): Promise<void> {
  try {
    await attempt(host ?? '::');
  } catch (error) {
    const isWithoutIpv6 =
      host === undefined && /EAFNOSUPPORT|EADDRNOTAVAIL/.test(String((error as { code?: unknown }).code));
    if (!isWithoutIpv6) throw error;
    await attempt('0.0.0.0');
  }
}

/** Rejects if the address cannot be listened on; called before anything is opened that would have to be closed again. */
export async function probeAddress({ host, port }: Config): Promise<void> {
  await onAddress(host, async (address) => {
    const probe = createServer();
    await once(probe.listen({ port, host: address }), 'listening');
    await new Promise((resolve) => probe.close(resolve));
  });
}

/** Resolves to the port. */
export async function listen(app: FastifyInstance, { host, port }: Config): Promise<number> {
  await onAddress(host, (address) => app.listen({ port, host: address }));
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

const ANSWERED_WITHIN_MS = 2_000;

/** Lets answers in flight finish, including compressed ones, and disconnects clients that do not read theirs in time. [REL-05] */
export async function closeHttp(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), ANSWERED_WITHIN_MS);
  await app.close();
  clearTimeout(cut);
}
