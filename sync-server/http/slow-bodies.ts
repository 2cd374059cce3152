import type { IncomingMessage, Server } from 'node:http';
import { MEDIA_PATH, UPLOADS_PATH } from '#protocol/version.ts';
import { pathOf } from './path.ts';

/** How long the body of a request may take. */
const WITHIN_MS = 30_000;
/** An upload may take as long as it needs, as long as this many bytes arrive in that time, which the slowest links manage. */
const UPLOAD_BYTES = 8_192;
const LOOK_EVERY_MS = 5_000;

/**
 * Ends requests whose body arrives too slowly, on every path and for the socket's polling too. Node's own limit is a total time,
 * which would end every upload over a slow link. [SEC-44]
 */
export function watchSlowBodies(server: Server, now: () => number = () => performance.now()): () => void {
  const open = new Map<IncomingMessage, { since: number; bytes: number }>();
  server.prependListener('request', (request: IncomingMessage) => {
    const hasBody = request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
    if (!hasBody) return;
    open.set(request, { since: now(), bytes: request.socket.bytesRead });
    request.once('close', () => open.delete(request));
  });

  function look(): void {
    for (const [request, held] of open) {
      if (request.complete) open.delete(request);
      else if (now() - held.since >= WITHIN_MS) {
        const { bytesRead } = request.socket;
        if (isUpload(request) && bytesRead - held.bytes >= UPLOAD_BYTES)
          open.set(request, { since: now(), bytes: bytesRead });
        else cut(request);
      }
    }
  }

  /** As Node does at its own limits, so that the answer is the same. */
  function cut(request: IncomingMessage): void {
    open.delete(request);
    const error = Object.assign(new Error('the body took too long'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    if (!server.emit('clientError', error, request.socket)) request.socket.destroy();
  }

  const looking = setInterval(look, LOOK_EVERY_MS);
  looking.unref();
  server.once('close', () => clearInterval(looking));
  return look;
}

function isUpload({ url = '' }: IncomingMessage): boolean {
  const path = pathOf(url);
  return [MEDIA_PATH, UPLOADS_PATH].some((begin) => path === begin || path.startsWith(`${begin}/`));
}
