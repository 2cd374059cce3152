import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { AwsClient } from 'aws4fetch';
import { type FileStore, isStoredName } from './file-store.ts';

/** A bucket of a store with an S3-compatible API. */
export interface S3Settings {
  /** Without a slash at its end. */
  endpoint: string;
  bucket: string;
  /** Before every name: empty, or ending in a slash. */
  prefix: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

interface Call {
  method: 'PUT' | 'GET' | 'HEAD' | 'DELETE';
  name?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** The path of a file. */
  body?: string;
}

/** After this long without an answer the store is given up on, and the device sends the file again. */
const SILENT_MS = 30_000;

/** Files in a bucket. None of them is public: every read goes through this server, which checks the right to it. [MD4] [SEC-64] */
export function createS3Store({ endpoint, bucket, prefix, ...keys }: S3Settings): FileStore {
  const client = new AwsClient({ ...keys, service: 's3', retries: 0 });

  async function call({ method, name, query = {}, headers = {}, body }: Call): Promise<IncomingMessage> {
    const url = new URL(`${endpoint}/${bucket}${name === undefined ? '' : `/${prefix}${name}`}`);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    // The connection protects the content; a hash of it would mean reading every file twice.
    const payload = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const signed = await client.sign(url, { method, headers: { ...headers, ...payload } });
    const length: Record<string, string> = body === undefined ? {} : { 'content-length': `${(await stat(body)).size}` };
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method,
      headers: { ...Object.fromEntries(signed.headers), ...length },
      timeout: SILENT_MS,
    });
    request.on('timeout', () => request.destroy(new Error('the file store does not answer')));
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    // A store may refuse before it has read everything, so its answer counts, and the broken pipe is ignored.
    if (body === undefined) request.end();
    else void pipeline(createReadStream(body), request).catch(() => undefined);
    return (await answered)[0];
  }

  /** Reads the answer, which is short. */
  async function done(answer: IncomingMessage, accepted: readonly number[]): Promise<string> {
    const content = await text(answer);
    if (!accepted.includes(answer.statusCode ?? 0)) throw new Error(`the file store answered ${answer.statusCode}`);
    return content;
  }

  return {
    async put(name, path) {
      await done(await call({ method: 'PUT', name, body: path }), [200]);
      await rm(path, { force: true });
    },
    async sizeOf(name) {
      const answer = await call({ method: 'HEAD', name });
      await done(answer, [200, 404]);
      return answer.statusCode === 404 ? undefined : Number(answer.headers['content-length']);
    },
    async read(name, range) {
      const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` };
      const answer = await call({ method: 'GET', name, headers });
      if (answer.statusCode === 200 || answer.statusCode === 206) return answer;
      await done(answer, []);
      throw new Error('unreachable');
    },
    async remove(name) {
      await done(await call({ method: 'DELETE', name }), [204, 200, 404]);
    },
    async *list() {
      let token: string | undefined;
      do {
        const query = { 'list-type': '2', prefix, ...(token === undefined ? {} : { 'continuation-token': token }) };
        const page = await done(await call({ method: 'GET', query }), [200]);
        for (const [, entry = ''] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
          const storedAt = Date.parse(tagOf(entry, 'LastModified') ?? '');
          // The sweep deletes listed objects without a row, so objects of others must not be listed.
          const name = (tagOf(entry, 'Key') ?? '').slice(prefix.length);
          if (isStoredName(name) && !Number.isNaN(storedAt)) yield { name, storedAt };
        }
        token = tagOf(page, 'NextContinuationToken');
      } while (token !== undefined);
    },
  };
}

function tagOf(xml: string, tag: string): string | undefined {
  return new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1]?.replaceAll('&amp;', '&');
}
