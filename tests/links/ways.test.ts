import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import { startServer, temporaryFolder, type RunningServer } from '#tests/faults/process.fixture.ts';
import { push, sendOp, until } from '#tests/faults/person.fixture.ts';
import { accountWith, type Account } from './chats.fixture.ts';
import { startDevice, type Device } from './device.fixture.ts';
import { openMiddleBox, type MiddleBox, type Rules } from './middle-box.fixture.ts';

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
beforeEach(() => void box.passed.splice(0));
afterEach(() => device.close());
afterAll(async () => {
  await box.close();
  server.child.kill();
  await server.gone;
  remove();
});

const blocked: [string, Rules, passed: string[]][] = [
  ['refuses WebSockets', { upgrades: 'refuse' }, ['GET /socket.io/', 'POST /socket.io/']],
  ['lets WebSockets hang', { upgrades: 'hang' }, ['GET /socket.io/', 'POST /socket.io/']],
  [
    'refuses WebSockets and long polling',
    { upgrades: 'refuse', polling: 'refuse' },
    ['POST /api/sync/pull', 'POST /api/sync/push'],
  ],
];

test.each(blocked)(
  '[CL9] behind a proxy that %s, a device catches up, sends and receives',
  async (how, rules, passed) => {
    box.rule(rules);
    device = startDevice({ person: account.person, origin: box.origin, times: { headStartMs: 100, pullEveryMs: 500 } });
    await device.caughtUp();
    const [stream] = account.chats as [ConversationId];
    const [sent, received] = [`from the device, ${how}`, `to the device, ${how}`];
    await device.settled(await device.send(stream, sent));
    await push(server.origin, account.person, sendOp(stream, received));
    await until(async () => (await device.texts(stream)).includes(received));
    expect((await device.texts(stream)).slice(-2)).toEqual([sent, received]);
    expect([...new Set(box.passed)].toSorted()).toEqual(passed);
    expect(device.defects).toEqual([]);
  },
);

test.each([
  ['page', { status: 302, headers: { location: 'http://127.0.0.1:9/sign-in' } }],
  ['page', { status: 200 }],
  ['page', { status: 401 }],
  ['gateway', { status: 502 }],
] as const)(
  '[CL9] a %s (%o) instead of the server is named, and waiting messages are sent afterwards',
  async (obstacle, page) => {
    box.rule({ page });
    device = startDevice({ person: account.person, origin: box.origin });
    const [stream] = account.chats as [ConversationId];
    const id = await device.send(stream, `written behind a ${obstacle} of ${page.status}`);
    await until(() => {
      const status = device.status();
      return status?.phase === 'connecting' && status.obstacle === obstacle;
    });
    expect(device.phases()).not.toContain('refused');
    box.rule({});
    await device.settled(id);
    await device.caughtUp();
  },
);
