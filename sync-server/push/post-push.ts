import { lookup as resolve, type LookupAddress } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { Agent, request as requestHttps, type RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

export interface EncryptedPush {
  endpoint: URL;
  headers: Record<string, string | number>;
  body: Buffer;
}

/** The status is undefined if nobody answered in time, or the address was refused. */
export interface PushAnswer {
  status: number | undefined;
  retryAfter: string | undefined;
}

export type PostPush = (push: EncryptedPush) => Promise<PushAnswer>;

/** Looks up all addresses of a name. */
export type Resolve = (name: string, answer: (error: Error | null, addresses: LookupAddress[]) => void) => void;

interface PostParts {
  /** For tests: every push goes to this address over plain HTTP, under its endpoint's path. */
  testService?: string;
  resolve?: Resolve;
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/**
 * Everything that matters is in the status line and the headers; the rest of an answer is read only up to this size, so that the
 * connection can be kept.
 */
const MAX_ANSWER_BYTES = 4_096;
const MAX_CONNECTIONS = 32;

/** Posts to push services. Never rejects, follows no redirect, and bounds the time and the size of the answer. [SEC-65] */
export function createPostPush({ testService, resolve = resolveAll, timeoutMs = TIMEOUT_MS }: PostParts = {}): {
  post: PostPush;
  close(): void;
} {
  // The connection is made to exactly the addresses that were checked, so a name that changes meanwhile cannot redirect it.
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS, lookup: checkedLookup(resolve) });
  return {
    post: ({ endpoint, headers, body }) =>
      new Promise((answer) => {
        const options: RequestOptions = { method: 'POST', headers, signal: AbortSignal.timeout(timeoutMs) };
        const sent =
          testService === undefined
            ? requestHttps(endpoint, { ...options, agent })
            : requestHttp(new URL(endpoint.pathname + endpoint.search, testService), options);
        sent.on('error', () => answer({ status: undefined, retryAfter: undefined }));
        sent.on('response', (response) => {
          let bytes = 0;
          response.on('data', ({ length }: Buffer) => {
            bytes += length;
            if (bytes > MAX_ANSWER_BYTES) response.destroy();
          });
          response.on('error', () => undefined); // everything that matters has been read
          answer({ status: response.statusCode, retryAfter: response.headers['retry-after'] });
        });
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** A lookup for sockets that refuses a name if any of its addresses is not public. [SEC-65] */
export function checkedLookup(resolveName: Resolve): LookupFunction {
  return (name, options, callback) => {
    resolveName(name, (error, addresses) => {
      const [first] = addresses;
      const isSafe = first !== undefined && addresses.every(({ address }) => isPublicAddress(address));
      const refusal = error ?? (isSafe ? null : new Error('the push service has no public address'));
      if (refusal !== null || first === undefined) return callback(refusal, '', 4);
      if (options.all === true) (callback as (error: null, addresses: LookupAddress[]) => void)(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

const resolveAll: Resolve = (name, answer) => resolve(name, { all: true }, answer);
