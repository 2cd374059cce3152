import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import { reportedPolling } from './reported-polling.ts';
import { until } from './testing/fake-clock.fixture.ts';

const OPEN = '0{"sid":"one","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000}';

/** A client that polls a server whose answers the test writes. */
async function polled() {
  const polls: { response: ServerResponse; cookie: string | undefined }[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'POST') response.end('ok');
    else polls.push({ response, cookie: request.headers.cookie });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let arrivals = 0;
  const socket = io(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    transports: [reportedPolling(() => void (arrivals += 1))],
    extraHeaders: { cookie: 'session=ann' },
    reconnection: false,
    forceNew: true,
  });
  onTestFinished(() => {
    socket.close();
    server.closeAllConnections();
    server.close();
  });
  await until(() => polls.length === 1);
  polls[0]?.response.end(OPEN);
  await until(() => polls.length === 2);
  return { socket, arrivals: () => arrivals, poll: polls[1] as (typeof polls)[number] };
}

test('[CL8] each part of an answer is reported when it arrives, and the answer is used when it is complete', async () => {
  const { socket, poll, arrivals } = await polled();
  expect(poll.cookie).toBe('session=ann');
  const before = arrivals();
  poll.response.write('40{"sid":');
  await until(() => arrivals() > before);
  expect(socket.connected).toBe(false);
  poll.response.end('"two"}');
  await until(() => socket.connected);
});

test('[CL8] an answer that ends in the middle ends the connection', async () => {
  const { socket, poll, arrivals } = await polled();
  const before = arrivals();
  poll.response.write('40{"sid":');
  await until(() => arrivals() > before);
  const failed = new Promise((resolve) => void socket.on('connect_error', resolve));
  poll.response.destroy();
  await failed;
  expect(socket.connected).toBe(false);
});
