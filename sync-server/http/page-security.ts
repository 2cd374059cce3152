import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import { isApi } from './path.ts';

/** What pages of this origin may do: run its own scripts and styles, talk to it, and be in nobody's frame. [SEC-46] */
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
    // Answers about people are kept by nobody on the way. [SEC-48]
    if (isApi(request)) void reply.header('cache-control', 'no-store');
  });
}
