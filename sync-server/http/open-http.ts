import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { syncError } from '#protocol/errors.ts';
import { MAX_HTTP_BODY_BYTES } from '#protocol/limits.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import { networkOf } from '#server/auth/network.ts';
import type { Config } from '#server/config.ts';
import { loggerOptions } from '#server/logging.ts';
import { registerFailures, sendFailure, sendUnreadable } from './failures.ts';
import { isOwnOrigin } from './origin.ts';
import { isApi } from './path.ts';
import type { Trust } from './proxies.ts';
import { registerRequestLog } from './request-log.ts';

/** All that comes from one network, signed in or not; a thousand people behind one address start their apps within it. */
const REQUESTS = { windowMs: 10_000, max: 6_000 };

/** Fastify with the rules that hold for every route: time and size limits, origins, failures in the contract's form. */
export function openHttp(config: Config, trust: Trust, limiter: Limiter | undefined): FastifyInstance {
  const app = fastify({
    ...serverOf(config),
    logger: loggerOptions(config.logLevel),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: trust,
    bodyLimit: MAX_HTTP_BODY_BYTES,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    forceCloseConnections: 'idle',
    // What fails before any route is found: an address that can't be decoded, or is too long.
    frameworkErrors: (error, _request, reply) => void sendUnreadable(reply, error.statusCode ?? 400),
    // Fields such as `__proto__` stay what they are, fields of their own, and are refused as unknown where they stand: on
    // the socket and here alike, and without sinking an op's neighbours. [AP6] [SEC-45]
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
  });
  // JSON is the only language of the verbs: a form or plain text could come from any page without asking. [SEC-41]
  app.removeContentTypeParser('text/plain');
  registerFailures(app);
  registerRequestLog(app);
  app.decorateRequest('session', null);
  app.addHook('onRequest', async (request, reply) => {
    if (!isApi(request)) return;
    const { origin, host } = request.headers;
    if (!isOwnOrigin(origin, host, config.publicOrigin)) {
      await sendFailure(reply, syncError('forbidden', 'this origin may not ask', { path: 'origin' }));
      return;
    }
    const retryAfterMs = limiter?.take(`http ${networkOf(request.ip)}`, REQUESTS) ?? 0;
    if (retryAfterMs > 0) await sendFailure(reply, syncError('rate_limited', 'too many requests', { retryAfterMs }));
  });
  return app;
}

/** A request whose headers dawdle costs a connection for 10 s, one whose body does for 30, looked at every 5. [SEC-44] */
const TIMES = { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 };

/** Fastify's types tie the kind of server to the options; to everything here both kinds are the same. */
function serverOf({ tls }: Config): object {
  if (tls === undefined) return { http: TIMES };
  return { https: { ...TIMES, cert: readFileSync(tls.cert), key: readFileSync(tls.key) } };
}

/** Every address of the machine where none is named; of IPv4 only where there is no IPv6. */
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

/** Rejects where the address can't be listened on: asked before anything is opened that would have to be closed again. */
export async function probeAddress({ host, port }: Config): Promise<void> {
  await onAddress(host, async (address) => {
    const probe = createServer();
    await once(probe.listen({ port, host: address }), 'listening');
    await new Promise((resolve) => probe.close(resolve));
  });
}

/** Serves; answers the port. */
export async function listen(app: FastifyInstance, { host, port }: Config): Promise<number> {
  await onAddress(host, (address) => app.listen({ port, host: address }));
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

const ANSWERED_WITHIN_MS = 2_000;

/** Lets answers leave that are under way, packed ones too; who doesn't take his in time is cut. [REL-05] */
export async function closeHttp(app: FastifyInstance): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), ANSWERED_WITHIN_MS);
  await app.close();
  clearTimeout(cut);
}
