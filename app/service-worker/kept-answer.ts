import type { KeptFile } from '#app/local-store/kept-files.ts';
import { byteRange } from '#protocol/byte-range.ts';

/** The same answer as the server's, with the same protection: nothing in a file is run. [MD6] [SEC-60] */
export function keptAnswer(
  { content, mime, disposition }: Pick<KeptFile, 'content' | 'mime' | 'disposition'>,
  header: string | undefined,
): Response {
  const headers = new Headers({
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-disposition': disposition,
    'content-type': mime,
    'x-content-type-options': 'nosniff',
  });
  const { size } = content;
  const range = byteRange(header, size);
  if (range === 'outside') {
    headers.set('content-range', `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  headers.set('content-length', String(end - start + 1));
  if (range === undefined) return new Response(content, { headers });
  headers.set('content-range', `bytes ${start}-${end}/${size}`);
  return new Response(content.slice(start, end + 1), { status: 206, headers });
}
