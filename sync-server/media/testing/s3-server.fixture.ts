import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { AwsV4Signer } from 'aws4fetch';
import type { S3Settings } from '#server/media/s3-store.ts';

const PAGE = 2;

/** A bucket in memory. Like real ones, it refuses requests that are not signed with its keys; it lists two objects on a page. */
export async function startS3Server(): Promise<{ settings: S3Settings; close(): Promise<void> }> {
  const objects = new Map<string, { content: Buffer; at: Date }>();
  const keys = { accessKeyId: 'key', secretAccessKey: 'secret', region: 'eu-test-1' };
  let origin = '';

  async function isSigned(request: IncomingMessage): Promise<boolean> {
    const given = request.headers.authorization ?? '';
    const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? [];
    const headers = Object.fromEntries(
      names.filter((name) => name !== 'host').map((name) => [name, String(request.headers[name])]),
    );
    const datetime = String(request.headers['x-amz-date']);
    const url = `${origin}${request.url}`;
    const signer = new AwsV4Signer({ ...keys, service: 's3', url, method: request.method ?? '', headers, datetime });
    return (await signer.authHeader()) === given;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const content = await buffer(request);
    if (!(await isSigned(request))) return void response.writeHead(403).end();
    const { pathname, searchParams } = new URL(request.url ?? '', origin);
    const key = pathname.slice('/bucket/'.length);
    if (searchParams.has('list-type')) return void response.end(listed(searchParams));
    if (request.method === 'PUT') {
      // Only a whole object is stored.
      if (content.length !== Number(request.headers['content-length'])) return void response.writeHead(400).end();
      objects.set(key, { content, at: new Date() });
      return void response.end();
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      return void response.writeHead(204).end();
    }
    const object = objects.get(key);
    if (object === undefined) return void response.writeHead(404).end();
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const part = start === undefined ? object.content : object.content.subarray(Number(start), Number(end) + 1);
    response.writeHead(start === undefined ? 200 : 206, { 'content-length': part.length });
    return void response.end(request.method === 'HEAD' ? undefined : part);
  }

  function listed(query: URLSearchParams): string {
    const names = [...objects.keys()].filter((name) => name.startsWith(query.get('prefix') ?? '')).toSorted();
    const from = Number(query.get('continuation-token') ?? 0);
    const entries = names
      .slice(from, from + PAGE)
      .map(
        (name) =>
          `<Contents><Key>${name}</Key><LastModified>${objects.get(name)?.at.toISOString()}</LastModified></Contents>`,
      );
    const next = from + PAGE < names.length ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : '';
    return `<?xml version="1.0"?><ListBucketResult>${entries.join('')}${next}</ListBucketResult>`;
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    settings: { endpoint: origin, bucket: 'bucket', prefix: 'chat/', ...keys },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
