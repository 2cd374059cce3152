import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';

/** A link between browsers and a server that a test can cut, mend, or make one-way. */
export interface Link {
  readonly origin: string;
  /** Ends every connection and lets no new one through. */
  cut(): void;
  mend(): void;
  /** Whatever the server says from now on is kept back: requests arrive, answers don't. */
  holdAnswers(): void;
  /** Forgets what was held back and ends the connections that it belongs to. */
  dropHeld(): void;
  close(): Promise<void>;
}

export async function openLink(port: number): Promise<Link> {
  const pairs = new Set<{ client: Socket; server: Socket }>();
  let isCut = false;
  let isHolding = false;
  const listener = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const server = connect(port, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => {
      if (!isHolding) client.write(chunk);
    });
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const endAll = () => {
    for (const { client, server } of Array.from(pairs)) {
      client.destroy();
      server.destroy();
    }
  };
  return {
    origin: `http://localhost:${address.port}`,
    cut() {
      isCut = true;
      endAll();
    },
    mend() {
      isCut = false;
    },
    holdAnswers() {
      isHolding = true;
    },
    dropHeld() {
      isHolding = false;
      endAll();
    },
    async close() {
      endAll();
      listener.close();
      await once(listener, 'close');
    },
  };
}
