import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import type { TestPerson } from '#server/testing/server.fixture.ts';

/** A hand-made WebSocket, which can do what no client library does, such as never reading or never sending. */
export interface RawSocket {
  tcp: Socket;
  /** Sends one text frame. */
  send(text: string): void;
  /** Resolves when the server has closed it. */
  closed: Promise<void>;
  received(): string;
}

export async function rawSocket(origin: string, headers: Record<string, string> = {}): Promise<RawSocket> {
  const { hostname, port, host } = new URL(origin);
  const tcp = connect(Number(port), hostname);
  let text = '';
  tcp.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
    // The server's empty close frame is answered, because it would otherwise wait 30 s for the answer.
    if (text.endsWith('\x88\x00')) tcp.end();
  });
  tcp.on('error', () => undefined); // `close` follows
  const closed = new Promise<void>((resolve) => tcp.once('close', () => resolve()));
  const lines = Object.entries({ host, upgrade: 'websocket', connection: 'Upgrade', ...headers });
  tcp.write(
    [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      ...lines.map(([name, value]) => `${name}: ${value}`),
      'sec-websocket-version: 13',
      `sec-websocket-key: ${randomBytes(16).toString('base64')}`,
      '',
      '',
    ].join('\r\n'),
  );
  while (!text.includes('"sid"')) await once(tcp, 'data');
  return { tcp, closed, received: () => text, send: (sent) => void tcp.write(frame(sent)) };
}

/** A frame with the server's heartbeat. No JSON contains it. */
const PING = '\x81\x012';

/** A socket that is signed in and welcomed, and answers each heartbeat once it has read it. */
export async function rawConnection(origin: string, { cookie }: TestPerson): Promise<RawSocket> {
  const socket = await rawSocket(origin, { cookie });
  let before = '';
  socket.tcp.on('data', (chunk: string) => {
    if (`${before}${chunk}`.includes(PING)) socket.send('3');
    before = chunk.slice(1 - PING.length);
  });
  socket.send(`40${JSON.stringify({ protocol: 1, device: crypto.randomUUID() })}`);
  while (!socket.received().includes('"welcome"')) await once(socket.tcp, 'data');
  return socket;
}

/** A final text frame by RFC 6455. Clients must mask; a mask of zeros leaves the text unchanged. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const length = Buffer.alloc(body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8);
  if (length.length === 2) length.writeUInt16BE(body.length);
  if (length.length === 8) length.writeBigUInt64BE(BigInt(body.length));
  const size = length.length === 0 ? body.length : length.length === 2 ? 126 : 127;
  return Buffer.concat([Buffer.from([0x81, 0x80 | size]), length, Buffer.alloc(4), body]);
}
