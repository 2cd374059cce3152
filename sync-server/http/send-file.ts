import type { FastifyReply, FastifyRequest } from 'fastify';
import { byteRange } from '#protocol/byte-range.ts';
import { syncError } from '#protocol/errors.ts';
import { contentDisposition } from '#server/media/file-name.ts';
import type { FileStore } from '#server/media/file-store.ts';
import { sendFailure } from './failures.ts';
import { FILE_CACHING } from './page-security.ts';

export interface SentFile {
  /** Its name in the file store, which also identifies the content, because that never changes. */
  stored: string;
  mime: string;
  name: string;
  way: 'inline' | 'attachment';
}

/**
 * Sends a file or one range of it. Whatever it contains, a browser runs nothing of it: its type is fixed, and it would be
 * sandboxed as a page. Caches revalidate each time, because the right to read may have ended. [MD6] [SEC-60] [SEC-64]
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  store: FileStore,
  { stored, mime, name, way }: SentFile,
): Promise<FastifyReply> {
  const size = await store.sizeOf(stored);
  if (size === undefined) return sendFailure(reply, syncError('not_found', 'no such file', { path: 'id' }));
  const etag = `"${stored}"`;
  void reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': FILE_CACHING,
    'content-security-policy': "default-src 'none'; sandbox",
    'content-disposition': contentDisposition(way, name),
    'x-content-type-options': 'nosniff',
  });
  if (request.headers['if-none-match']?.includes(etag) === true) return reply.code(304).send();
  const ifRange = request.headers['if-range'];
  const range = ifRange === undefined || ifRange === etag ? byteRange(request.headers.range, size) : undefined;
  if (range === 'outside') {
    void reply.header('content-range', `bytes */${size}`);
    return reply.code(416).send();
  }
  void reply.type(mime);
  if (size === 0) return reply.send('');
  void reply.header('content-length', range === undefined ? size : range.end - range.start + 1);
  if (range !== undefined) {
    void reply.header('content-range', `bytes ${range.start}-${range.end}/${size}`).code(206);
  }
  return reply.send(await store.read(stored, range));
}
