import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '#server/config.ts';
import { type ReadMetrics, metricsText } from '#server/metrics.ts';

/**
 * `/metrics` for Prometheus: with the configured token, or if there is no token and no proxy, only for this machine. Others get
 * 404. [REL-21]
 */
export function registerMetricsRoutes(
  app: FastifyInstance,
  access: Pick<Config, 'metricsToken' | 'publicOrigin' | 'trustProxy'>,
  parts: readonly ReadMetrics[],
): void {
  app.get('/metrics', async (request, reply) => {
    if (!mayRead(request, access)) return reply.code(404).type('text/plain').send('');
    void reply.header('cache-control', 'no-store').type('text/plain; version=0.0.4; charset=utf-8');
    return metricsText(parts.flatMap((read) => read()));
  });
}

function mayRead(
  { headers, socket }: FastifyRequest,
  { metricsToken, publicOrigin, trustProxy }: Parameters<typeof registerMetricsRoutes>[1],
): boolean {
  if (metricsToken !== undefined) return isEqual(headers.authorization ?? '', `Bearer ${metricsToken}`);
  // A proxy on this machine may add no header, and all requests would then seem to come from this machine.
  if (publicOrigin !== undefined || trustProxy !== false) return false;
  // Requests that a proxy on this machine forwards come from elsewhere.
  const isPassedOn = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => headers[name] !== undefined);
  return !isPassedOn && /^(?:127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '');
}

/** Takes the same time whatever was sent. */
function isEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
