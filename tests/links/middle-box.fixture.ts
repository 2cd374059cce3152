import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** The rules of a proxy between the app and its server that understands HTTP. */
export interface Rules {
  /** Requests to upgrade to a WebSocket. `cut` lets them pass and ends the connection after its first packets. Default: pass. */
  upgrades?: 'refuse' | 'hang' | 'cut';
  /** All other requests of the socket's path. Default: pass. */
  polling?: 'refuse' | 'hang';
  /** The answer to everything, such as a sign-in page. */
  page?: { status: number; headers?: Record<string, string>; body?: string };
  /** The `Host` that the server sees. Default: what the client sent. */
  host?: string;
}

export interface MiddleBox {
  readonly port: number;
  readonly origin: string;
  /** Ends every connection; new ones follow these rules. */
  rule(rules: Rules): void;
  /** What passed so far, as `METHOD path` without the query; a WebSocket is `UPGRADE path`. */
  readonly passed: string[];
  close(): Promise<void>;
}

const SOCKET = '/socket.io/';
const CUT_AFTER_MS = 300;

/** An HTTP proxy in front of the server at this port. */
export async function openMiddleBox(serverPort: number, first: Rules = {}): Promise<MiddleBox> {
  let rules = first;
  const passed: string[] = [];
  const upgraded = new Set<Duplex>();
  const to = { host: '127.0.0.1', port: serverPort };
  const note = (request: IncomingMessage, how = request.method ?? '') =>
    void passed.push(`${how} ${(request.url ?? '').split('?')[0]}`);
  const headersOf = ({ headers }: IncomingMessage) =>
    rules.host === undefined ? headers : { ...headers, host: rules.host };

  const proxy = createServer((request, response) => {
    const isPolling = request.url?.startsWith(SOCKET) ?? false;
    if (rules.page !== undefined) return answer(request, response, rules.page);
    if (isPolling && rules.polling === 'refuse') return answer(request, response, { status: 403, body: 'not allowed' });
    if (isPolling && rules.polling === 'hang') return void request.resume();
    note(request);
    const forward = httpRequest({ ...to, method: request.method, path: request.url, headers: headersOf(request) });
    forward.on('response', (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, incoming.headers);
      incoming.pipe(response);
    });
    forward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => forward.destroy());
    request.pipe(forward);
  });
  proxy.on('upgrade', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    upgraded.add(client);
    client.on('error', () => client.destroy()).on('close', () => upgraded.delete(client));
    if (rules.upgrades === 'hang') return;
    if (rules.upgrades === 'refuse' || rules.page !== undefined) {
      return void client.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    }
    note(request, 'UPGRADE');
    const server = connect(to);
    server.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => server.destroy());
    const lines = Object.entries(headersOf(request)).map(([name, value]) => `${name}: ${String(value)}`);
    server.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    server.write(head);
    server.pipe(client);
    client.pipe(server);
    if (rules.upgrades === 'cut') setTimeout(() => client.destroy(), CUT_AFTER_MS);
  });
  // As long as the server's: on a slow line, a connection that is closed while it is idle loses the request in flight.
  proxy.keepAliveTimeout = 72_000;
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const endAll = () => {
    for (const socket of upgraded) socket.destroy();
    proxy.closeAllConnections();
  };
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    rule(next) {
      rules = next;
      endAll();
    },
    passed,
    async close() {
      endAll();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, page: NonNullable<Rules['page']>): void {
  request.resume();
  response.writeHead(page.status, { 'content-type': 'text/html; charset=utf-8', ...page.headers });
  response.end(page.body ?? '<!doctype html><title>Sign in</title><p>Sign in to use this network.');
}
