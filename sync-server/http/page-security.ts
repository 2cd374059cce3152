import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { isApi } from './path.ts';

/** Pages of this origin may run its scripts and styles and connect to it, and no page may frame them. [SEC-46] */
export async function registerPageSecurity(app: FastifyInstance, isSecure: boolean): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'blob:', 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000 } : false,
  });
  app.addHook('onSend', async (request, reply) => {
    void reply.header('permissions-policy', 'geolocation=(), payment=(), usb=(), camera=(self), microphone=(self)');
    // Caches must not keep answers about people. [SEC-48]
    if (isApi(request)) void reply.header('cache-control', 'no-store');
  });
}
