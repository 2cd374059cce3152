import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { Config } from '#server/config.ts';

export type Trust = (address: string, hop: number) => boolean;

/** The proxies whose `X-Forwarded-For` is trusted: none, the first hops, or these addresses. Used for HTTP and the socket. [SEC-22] */
export function trustOf(configured: Config['trustProxy']): Trust {
  if (configured === false) return () => false;
  if (typeof configured === 'number') return (_address, hop) => hop < configured;
  return proxyAddr.compile([...configured]);
}

/** The client's address of a request that Fastify does not handle: a socket's handshake. */
export function addressOf(request: IncomingMessage, trust: Trust): string {
  return request.socket.remoteAddress === undefined ? '' : proxyAddr(request, trust);
}
