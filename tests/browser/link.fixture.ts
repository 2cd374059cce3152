import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';

/** A link between browsers and a server that a test can cut, mend, or make one-way. */
export interface Link {
  readonly origin: string;
  /** Closes every connection and accepts no new one. */
  cut(): void;
  /** Closes every connection; new ones are answered with 503, as a proxy does while its server is down. */
  refuse(): void;
  mend(): void;
  /** Holds back everything that the server sends from now on: requests arrive, answers do not. */
  holdAnswers(): void;
  /** Drops what was held back, and closes its connections. */
  dropHeld(): void;
  /** Makes the present connections silent, as after a sleep or a change of network: neither end notices. */
  silence(): void;
  /** The number of open connections. */
  connections(): number;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  server: Socket;
  isSilent: boolean;
}

const REFUSAL = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

export async function openLink(port: number): Promise<Link> {
  const pairs = new Set<Pair>();
  /** All clients, including refused ones: a browser opens connections in advance and may keep one forever. */
  const clients = new Set<Socket>();
  let state: 'open' | 'cut' | 'refusing' = 'open';
  let isHolding = false;
  const listener = createServer((client) => {
    clients.add(client);
    client.on('error', () => client.destroy()).on('close', () => clients.delete(client));
    if (state === 'cut') {
      client.destroy();
      return;
    }
    if (state === 'refusing') {
      client.once('data', () => client.end(REFUSAL));
      return;
    }
    const pair: Pair = { client, server: connect(port, '127.0.0.1'), isSilent: false };
    const { server } = pair;
    pairs.add(pair);
    client.on('data', (chunk) => pair.isSilent || server.write(chunk));
    server.on('data', (chunk) => pair.isSilent || isHolding || client.write(chunk));
    const end = () => {
      if (pair.isSilent) return;
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  const endAll = () => {
    for (const { server } of pairs) server.destroy();
    for (const client of clients) client.destroy();
    pairs.clear();
  };
  return {
    origin: `http://localhost:${address.port}`,
    cut() {
      state = 'cut';
      endAll();
    },
    refuse() {
      state = 'refusing';
      endAll();
    },
    mend() {
      state = 'open';
    },
    holdAnswers() {
      isHolding = true;
    },
    dropHeld() {
      isHolding = false;
      endAll();
    },
    silence() {
      for (const pair of pairs) pair.isSilent = true;
    },
    connections: () => [...pairs].filter(({ isSilent }) => !isSilent).length,
    async close() {
      endAll();
      listener.close();
      await once(listener, 'close');
    },
  };
}
