import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { syncError } from '#protocol/errors.ts';
import { sendFailure } from './failures.ts';
import { pathOf } from './path.ts';

const ONE_DAY_S = 86_400;

/**
 * Serves the built app. Hashed files never change; the page, the worker and the manifest are revalidated each time. Any address
 * of a page gets the page, because the app has its own routes, but a missing file is 404. Without a folder, everything is 404.
 * [S4] [SEC-48] [SEC-51]
 */
export async function registerAppFiles(app: FastifyInstance, folder: string | undefined): Promise<void> {
  const sendMissing = (reply: FastifyReply) => sendFailure(reply, syncError('not_found', 'nothing is here'));
  if (folder === undefined) {
    app.setNotFoundHandler((_request, reply) => sendMissing(reply));
    return;
  }
  const page = readFileSync(join(folder, 'index.html'));
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    serveDotFiles: false,
    cacheControl: false,
    // Only files that exist at the start are served: no path is resolved against the disk later.
    wildcard: false,
    // The build has compressed the files for which that pays off. [S4]
    preCompressed: true,
    setHeaders(reply, path) {
      void reply.header('cache-control', cachingOf(path.slice(folder.length)));
      if (path.endsWith('.webmanifest')) void reply.header('content-type', 'application/manifest+json; charset=utf-8');
    },
  });
  const sendPage = (reply: FastifyReply) =>
    reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page);
  // A route, because answers of the handler for missing routes are not compressed.
  app.get('/*', (request, reply) => (isPage(request) ? sendPage(reply) : sendMissing(reply)));
  app.setNotFoundHandler((_request, reply) => sendMissing(reply));
}

function cachingOf(path: string): string {
  if (path.includes('/assets/')) return 'public, max-age=31536000, immutable';
  if (path.includes('/icons/')) return `public, max-age=${ONE_DAY_S}`;
  return 'no-cache';
}

/** Whether it is a navigation to a page of the app: without a dot, and outside the server's own paths. */
function isPage({ url, headers }: FastifyRequest): boolean {
  const path = pathOf(url);
  if (path === '/') return true;
  if (/^\/(?:api|socket\.io|assets|icons)(?:\/|$)/.test(path) || path.includes('.') || path.startsWith('//'))
    return false;
  return headers.accept?.includes('text/html') ?? false;
}
