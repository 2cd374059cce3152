import { once } from 'node:events';
import { type Server as HttpServer, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CompressingWebSocketServer } from './compressed-frames.ts';

const MAX_PAYLOAD = 100_000;
const open: (HttpServer | WebSocket)[] = [];
afterEach(() => {
  for (const each of open.splice(0)) {
    if (each instanceof WebSocket) each.terminate();
    else each.close();
  }
});

/** A client and the server's end of its connection. */
async function connection(perMessageDeflate: false | { threshold: number }) {
  const http = createServer();
  const server = new CompressingWebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD });
  const accepted = new Promise<WebSocket>((resolve) => {
    http.on('upgrade', (request, stream, head) => server.handleUpgrade(request, stream, head, resolve));
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`, { perMessageDeflate });
  open.push(client, http);
  const received: string[] = [];
  const heard: string[] = [];
  client.on('message', (data: Buffer) => received.push(data.toString()));
  const serverEnd = await accepted;
  serverEnd.on('message', (data: Buffer) => heard.push(data.toString()));
  if (client.readyState !== WebSocket.OPEN) await once(client, 'open');
  const wire = (client as unknown as { _socket: Socket })._socket;
  const until = async (texts: string[], count: number) => {
    while (texts.length < count) {
      if (client.readyState === WebSocket.CLOSED) throw new Error('the connection ended');
      await new Promise(setImmediate);
    }
  };
  return { client, serverEnd, received, heard, bytesRead: () => wire.bytesRead, until };
}

const repetitive = (length: number) => 'all the same words again, '.repeat(length).slice(0, length);

it('[SEC-53] a large frame is sent compressed and a small one uncompressed, and each can be read alone', async () => {
  const { serverEnd, received, bytesRead, until } = await connection({ threshold: 0 });
  const sizeOf = async (text: string) => {
    const [before, count] = [bytesRead(), received.length];
    serverEnd.send(text);
    await until(received, count + 1);
    expect(received.at(-1)).toBe(text);
    return bytesRead() - before;
  };
  expect(await sizeOf(repetitive(1_000))).toBeGreaterThan(1_000);
  const first = await sizeOf(repetitive(20_000));
  expect(first).toBeLessThan(400);
  // With a compressor that is kept between frames the second one would be a reference to the first.
  expect(await sizeOf(repetitive(20_000))).toBe(first);
});

it('a client without compression sends and receives plain frames', async () => {
  const { client, serverEnd, received, heard, until } = await connection(false);
  serverEnd.send(repetitive(20_000));
  client.send(repetitive(20_000));
  await Promise.all([until(received, 1), until(heard, 1)]);
  expect([received[0], heard[0]]).toEqual([repetitive(20_000), repetitive(20_000)]);
});

it('[AP11] frames keep their order, compressed, plain or prepared', async () => {
  const { serverEnd, received, until } = await connection({ threshold: 0 });
  const sender = (serverEnd as unknown as { _sender: { sendFrame(list: Buffer[]): void; constructor: unknown } })
    ._sender;
  const Sender = sender.constructor as { frame(data: Buffer, options: object): Buffer[] };
  const sent: string[] = [];
  for (let n = 0; n < 30; n++) {
    const text = `${n} ${repetitive(n % 3 === 0 ? 5_000 : 10)}`;
    sent.push(text);
    if (n % 3 !== 2) serverEnd.send(text);
    else sender.sendFrame(Sender.frame(Buffer.from(text), { fin: true, opcode: 1, mask: false, rsv1: false }));
  }
  await until(received, sent.length);
  expect(received).toEqual(sent);
});

it('reads thousands of small compressed frames of one chunk, and a message in fragments', async () => {
  const { client, heard, until } = await connection({ threshold: 0 });
  const wire = (client as unknown as { _socket: Socket })._socket;
  wire.cork();
  const texts = Array.from({ length: 1_500 }, (_, n) => `${n}`);
  for (const text of texts) client.send(text);
  await new Promise(setImmediate);
  wire.uncork();
  await until(heard, texts.length);
  expect(heard).toEqual(texts);
  client.send('the first half, ', { fin: false });
  client.send('the first half again', { fin: true });
  await until(heard, texts.length + 1);
  expect(heard.at(-1)).toBe('the first half, the first half again');
});

it('[SEC-43] a small frame that would become a huge message ends only its own connection', async () => {
  const { client, serverEnd, heard } = await connection({ threshold: 0 });
  const errors: Error[] = [];
  serverEnd.on('error', (error) => errors.push(error));
  client.on('error', () => undefined);
  client.send(repetitive(MAX_PAYLOAD + 1));
  await once(client, 'close');
  expect(errors).toHaveLength(1);
  expect(heard).toEqual([]);
});
