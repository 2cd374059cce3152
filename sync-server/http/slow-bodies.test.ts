import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { watchSlowBodies } from './slow-bodies.ts';

it('[SEC-44] a body must arrive within 30 s; an upload may take as long as it needs, as long as something arrives', async () => {
  const clock = { ms: 0 };
  const server = createServer((request) => request.resume());
  const look = watchSlowBodies(server, () => clock.ms);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const open = async (path: string) => {
    const requested = once(server, 'request');
    const tcp = connect((server.address() as AddressInfo).port, '127.0.0.1');
    tcp.on('error', () => undefined).resume();
    tcp.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n`);
    const [{ socket }] = (await requested) as [{ socket: { bytesRead: number } }];
    const send = async (bytes: number) => {
      const before = socket.bytesRead;
      tcp.write('x'.repeat(bytes));
      while (socket.bytesRead < before + bytes) await new Promise((resolve) => setImmediate(resolve));
    };
    return { closed: once(tcp, 'close'), isOpen: () => !tcp.closed, send };
  };
  const [verb, upload, idle] = [await open('/api/sync/pull'), await open('/api/media'), await open('/api/media')];
  await Promise.all([verb.send(20_000), upload.send(20_000), idle.send(100)]);
  clock.ms = 29_000;
  look();
  expect([verb, upload, idle].every(({ isOpen }) => isOpen())).toBe(true);
  clock.ms = 31_000;
  look();
  await Promise.all([verb.closed, idle.closed]);
  expect(upload.isOpen()).toBe(true);
  await upload.send(10_000);
  clock.ms = 62_000;
  look();
  expect(upload.isOpen()).toBe(true);
  clock.ms = 93_000;
  look();
  await upload.closed;
  server.close();
});
