import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import { createMemoryDisk } from '#app/local-store/testing/memory-local-store.ts';
import { startServer, temporaryFolder, type RunningServer } from '#tests/faults/process.fixture.ts';
import { open, push, sendOp, until } from '#tests/faults/person.fixture.ts';
import { accountWith } from './chats.fixture.ts';
import { startDevice, type Device } from './device.fixture.ts';
import { openSlowLine, type SlowLine } from './slow-line.fixture.ts';

/*
 * The upper bounds of the table of bytes in docs/operations.md: the bytes that a connection sends in each direction, compressed
 * and with headers.
 */
const sizes = process.env['TEST_LONG'] === undefined ? [40] : [40, 1_000, 3_000, 10_000];
const { folder, remove } = temporaryFolder();
let server: RunningServer;
let line: SlowLine;

beforeAll(async () => {
  server = await startServer(folder);
  line = await openSlowLine(Number(new URL(server.origin).port));
});
afterAll(async () => {
  await line.close();
  server.child.kill();
  await server.gone;
  remove();
});

/** Bytes in both directions until what the action started has ended. */
async function bytesOf(action: () => Promise<unknown>): Promise<{ up: number; down: number }> {
  const before = line.bytes();
  await action();
  const after = line.bytes();
  return { up: after.up - before.up, down: after.down - before.down };
}

/** Undefined if the bytes are within their bounds. */
const above = (spent: { up: number; down: number }, up: number, down: number) =>
  spent.up <= up && spent.down <= down ? undefined : spent;

async function quiet(device: Device): Promise<void> {
  await device.caughtUp();
  await until(async () => (await device.store.outbox()).length === 0);
}

test.each(sizes)(
  '[VB10] [DG1] what %i chats cost in bytes, new and coming back, and what one message costs',
  async (chats) => {
    const { person, chats: streams } = await accountWith(server.origin, chats);
    const disk = createMemoryDisk();
    let device = startDevice({ person, origin: line.origin, disk });
    try {
      expect(
        above(await bytesOf(() => quiet(device)), 1_500 + 5 * chats, 4_000 + 330 * chats),
        'first sync',
      ).toBeUndefined();
      device.close();
      device = startDevice({ person, origin: line.origin, disk });
      expect(above(await bytesOf(() => quiet(device)), 2_000, 1_000), 'nothing new').toBeUndefined();
      const [stream] = streams as [ConversationId];
      const sent = await bytesOf(async () => device.settled(await device.send(stream, 'a text of ordinary length')));
      expect(above(sent, 500, 900), 'a message sent').toBeUndefined();
      const received = await bytesOf(async () => {
        await push(server.origin, person, sendOp(stream, 'a text from elsewhere'));
        await until(async () => (await device.texts(stream)).includes('a text from elsewhere'));
      });
      expect(above(received, 300, 700), 'a message received').toBeUndefined();
    } finally {
      device.close();
    }
  },
);

test('[CL8] the cost of an idle connection: a probe and its answer', async () => {
  const { person } = await accountWith(server.origin, 1);
  const socket = open(line.origin, person);
  await new Promise((resolve) => socket.once('welcome', resolve));
  const probe = await bytesOf(() => socket.emitWithAck('pull', { cursors: {}, only: [] }));
  expect(above(probe, 100, 130), 'a probe').toBeUndefined();
  socket.close();
});
