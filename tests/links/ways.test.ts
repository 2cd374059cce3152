import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startServer, temporaryFolder, type RunningServer } from '#tests/faults/process.fixture.ts';
import { until } from '#tests/faults/person.fixture.ts';
import { accountWith, type Account } from './chats.fixture.ts';
import { startDevice, type Device } from './device.fixture.ts';
import { openMiddleBox, type MiddleBox } from './middle-box.fixture.ts';

const { folder, remove } = temporaryFolder();
let server: RunningServer;
let box: MiddleBox;
let account: Account;
let device: Device;

beforeAll(async () => {
  server = await startServer(folder);
  box = await openMiddleBox(Number(new URL(server.origin).port));
  account = await accountWith(server.origin, 3);
});
afterEach(() => device.close());
afterAll(async () => {
  await box.close();
  server.child.kill();
  await server.gone;
  remove();
});

test.each(['refuse', 'hang'] as const)(
  '[CL9] where WebSockets %s, a device catches up and sends over long polling',
  async (upgrades) => {
    box.rule({ upgrades });
    device = startDevice({ person: account.person, origin: box.origin });
    await device.caughtUp();
    const [first] = account.chats;
    const id = await device.send(first!, 'over long polling');
    await device.settled(id);
    await until(async () => (await device.store.messages(first!, {})).some(({ text }) => text === 'over long polling'));
    expect(device.defects).toEqual([]);
    expect(box.passed).not.toContain('UPGRADE /socket.io/');
  },
);
