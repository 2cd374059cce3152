import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { isApi, pathOf } from './path.ts';

/** How files may be cached: only on the person's own device, and only with revalidation at each use. [SEC-64] */
export const FILE_CACHING = 'private, no-cache';

/**
 * Pages of this origin may run its scripts and styles and connect to it, and no page may frame them. Inline scripts and styles of
 * the app's page, for the first paint, are allowed by their hashes. [SEC-46]
 */
export async function registerPageSecurity(
  app: FastifyInstance,
  isSecure: boolean,
  appDir: string | undefined,
): Promise<void> {
  const page = appDir === undefined ? '' : readPage(join(appDir, 'index.html'));
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", ...inlineHashes(page, 'script')],
        styleSrc: ["'self'", ...inlineHashes(page, 'style')],
        imgSrc: ["'self'", 'blob:', 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        // Trusted Types: no text becomes markup or code, in browsers that can enforce that; the one policy is for the service worker.
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ['service-worker'],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000 } : false,
  });
  app.addHook('onSend', async (request, reply) => {
    if (isDocument(reply))
      void reply.header('permissions-policy', 'geolocation=(), payment=(), usb=(), camera=(self), microphone=(self)');
    else sendFewHeaders(reply);
    // Caches must not keep answers about people, except files, which they must revalidate each time. [SEC-48] On a shared
    // computer they must not even keep those. [SEC-54]
    const isKept = reply.getHeader('cache-control') === FILE_CACHING && !isSharedComputer(request.headers.cookie);
    if (isApi(request) && !isKept) void reply.header('cache-control', 'no-store');
  });
}

/** What a browser opens as a page, or runs as a worker. */
function isDocument(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type')).startsWith('text/html') || pathOf(reply.request.url) === '/sw.js';
}

const OF_DOCUMENTS = [
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
];

/**
 * Scripts, pictures and answers are sent without the headers that apply only to documents: a kilobyte, which is more than the
 * size of most scripts. If one of them is opened by itself, it can load nothing and cannot be framed. [SEC-46]
 */
function sendFewHeaders(reply: FastifyReply): void {
  for (const name of OF_DOCUMENTS) reply.removeHeader(name);
  // A route may have set a policy of its own.
  if (String(reply.getHeader('content-security-policy')).includes('script-src'))
    void reply.header('content-security-policy', "default-src 'none';frame-ancestors 'none'");
}

/** The app's cookie, from which it also knows after a restart that it must end the session. */
function isSharedComputer(cookie = ''): boolean {
  return /(?:^|; )shared-computer=1(?:;|$)/.test(cookie);
}

function readPage(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** A source for each inline element of that name; the page writes those without attributes. */
export function inlineHashes(page: string, element: 'script' | 'style'): string[] {
  return [...page.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))].map(
    ([, content = '']) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`,
  );
}
