import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Accounts } from '#server/auth/accounts.ts';

/** Enough for names, addresses and passwords. */
const MAX_BODY_BYTES = 16 * 1024;

/** Passes everything under `/api/auth` to the accounts, whose errors keep their own format. [HT2] */
export function registerAccountRoutes(app: FastifyInstance, accounts: Accounts): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.all('/api/auth/*', async (request, reply) => {
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers)) {
        if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
      }
      const body =
        Buffer.isBuffer(request.body) && request.body.length > 0 ? { body: new Uint8Array(request.body) } : {};
      const address = `${request.protocol}://${request.headers.host ?? 'localhost'}${request.url}`;
      const answer = await accounts.handle(
        new Request(address, { method: request.method, headers, ...body }),
        request.ip,
      );
      // The browser's own cache may hold files and pictures. Not `"storage"`, because the app removes the person's data itself,
      // and another person's waiting messages may be there. [SEC-49]
      if (answer.ok && new URL(address).pathname === '/api/auth/sign-out')
        void reply.header('clear-site-data', '"cache"');
      return send(reply, answer);
    });
    done();
  });
}

async function send(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  void reply.code(answer.status);
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') void reply.header(name, value);
  // Each cookie needs its own header, because joined cookies would be one broken cookie.
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) void reply.header('set-cookie', cookies);
  return reply.send(answer.body === null ? null : Buffer.from(await answer.arrayBuffer()));
}
