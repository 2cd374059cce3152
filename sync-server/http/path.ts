import type { FastifyRequest } from 'fastify';

/**
 * The path that the router looks for: without an absolute address before it and a query behind it, decoded. Rules that hold
 * for a part of all paths ask here: in the URL as it was sent the same path has many spellings. [SEC-40] [SEC-51]
 */
export function pathOf(url: string): string {
  const path = url.replace(/^https?:\/\/.*?\//, '/').replace(/[?#].*$/s, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // the router refuses it
  }
}

/** Whether it is about people: the routes of the API, and whatever is asked for below their path. */
export function isApi({ routeOptions, url }: FastifyRequest): boolean {
  return /^\/api(?:\/|$)/.test(routeOptions.url ?? pathOf(url));
}
