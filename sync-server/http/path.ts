import type { FastifyRequest } from 'fastify';

/**
 * The path as the router sees it: decoded, without an origin before it or a query after it. Rules for particular paths must use
 * this, because the same path has many spellings in a URL. [SEC-40] [SEC-51]
 */
export function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/.*?\//, '/').replace(/[?#].*$/s, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // which the router refuses
  }
}

/** Whether it is a request to the API, or to an unknown path below it. */
export function isApi({ routeOptions, url }: FastifyRequest): boolean {
  return /^\/api(?:\/|$)/.test(routeOptions.url ?? pathOf(url));
}
