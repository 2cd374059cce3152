import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import { createMemoryDisk } from '#app/local-store/testing/memory-local-store.ts';
import { startServer, temporaryFolder, type RunningServer } from '#tests/faults/process.fixture.ts';
import { sendOp, until } from '#tests/faults/person.fixture.ts';
import { accountWith, pushAll, type Account } from './chats.fixture.ts';
import { startDevice, type Device } from './device.fixture.ts';
import { openMiddleBox, type Rules } from './middle-box.fixture.ts';
import { openSlowLine, type LineShape, type SlowLine } from './slow-line.fixture.ts';

const isLong = process.env['TEST_LONG'] !== undefined;
const CHATS = isLong ? 41 : 12;
const { folder, remove } = temporaryFolder();
let server: RunningServer;

beforeAll(async () => {
  server = await startServer(folder);
});
afterAll(async () => {
  server.child.kill();
  await server.gone;
  remove();
});

interface Stage {
  account: Account;
  first: ConversationId;
  line: SlowLine;
  /** Starts a device behind the line; it ends with the test. */
  device(parts?: Partial<Parameters<typeof startDevice>[0]>): Device;
}

/** A person with chats of their own, and a line to the server, behind a proxy if there are rules for one. */
async function stageWith(
  { onTestFinished }: TestContext,
  shape: LineShape,
  { rules, randomLength }: { rules?: Rules; randomLength?: number } = {},
): Promise<Stage> {
  const serverPort = Number(new URL(server.origin).port);
  const [account, box] = await Promise.all([
    accountWith(server.origin, CHATS, randomLength === undefined ? {} : { randomLength }),
    rules === undefined ? undefined : openMiddleBox(serverPort, rules),
  ]);
  const line = await openSlowLine(box?.port ?? serverPort, shape);
  onTestFinished(async () => {
    await line.close();
    await box?.close();
  });
  const [first] = account.chats as [ConversationId];
  return {
    account,
    first,
    line,
    device(parts = {}) {
      const device = startDevice({ person: account.person, origin: line.origin, ...parts });
      onTestFinished(device.close);
      return device;
    },
  };
}

/** Whether every chat is held, with its newest message. */
async function isComplete({ store }: Device): Promise<boolean> {
  const rows = await store.conversations();
  const isShown = rows.every(({ record, lastMessage }) => record !== undefined && lastMessage !== undefined);
  return rows.length === CHATS && isShown;
}

/** The phases of the connection without repetitions: a line that was restarted shows in them. */
function phasesOf(device: Device): string[] {
  return device.phases().filter((phase, at, all) => phase !== all[at - 1]);
}

test.concurrent('[CL3] over connections that stall after some kilobytes, a new device keeps what arrived', async (context) => {
  // More than one page, and less than all.
  const { line, device } = await stageWith(context, { stallAfterBytes: 40_000 }, { randomLength: 800 });
  const one = device();
  await one.caughtUp();
  expect(await isComplete(one)).toBe(true);
  expect(line.opened()).toBeGreaterThan(1);
});

test.concurrent('[CL7] over a line that is up only from time to time, a text is sent', async (context) => {
  const { line, device, first } = await stageWith(context, { latencyMs: 50 });
  const one = device();
  await one.caughtUp();
  line.cut();
  const id = await one.send(first, 'in one of the short moments');
  let isOver = false;
  const flapping = (async () => {
    while (!isOver) {
      line.mend();
      await pause(1_000);
      line.cut();
      await pause(isLong ? 3_000 : 1_000);
    }
  })();
  await one.settled(id);
  isOver = true;
  await flapping;
  expect(one.defects).toEqual([]);
});

test.runIf(isLong)('[CL8] a text that was sent into a silent line is sent again over the next one', async (context) => {
  const { line, device, first } = await stageWith(context, { latencyMs: 50 });
  const one = device();
  await one.caughtUp();
  line.silence();
  const opened = line.opened();
  await one.settled(await one.send(first, 'into the silence'));
  expect(line.opened()).toBeGreaterThan(opened);
});

const kilobits = (perSecond: number) => (perSecond * 1_000) / 8;
const slowLines: [string, LineShape][] = [
  ['50 kbit/s and 800 ms', { bytesPerSecond: kilobits(50), latencyMs: 800 }],
  ['30 kbit/s and 2 s', { bytesPerSecond: kilobits(30), latencyMs: 2_000 }],
  ['100 kbit/s and 300 to 900 ms', { bytesPerSecond: kilobits(100), latencyMs: 300, jitterMs: 600 }],
];
const ways: [string, Rules | undefined][] = [
  ['a WebSocket', undefined],
  ['long polling', { upgrades: 'refuse' }],
  ['HTTP', { upgrades: 'refuse', polling: 'refuse' }],
];
const WAKE_EVERY_MS = 6_000;

// A slow line takes its time; a limit only ends a test that hangs.
describe.runIf(isLong)('slow lines that deliver', { timeout: 900_000 }, () => {
  for (const [speed, shape] of slowLines) {
    test.concurrent.for(ways)(
      `[CL8] [CL9] at ${speed}, over %s, a new device gets everything and sends, and nothing is restarted`,
      async ([, rules], context) => {
        const { device, first } = await stageWith(context, shape, rules === undefined ? {} : { rules });
        const one = device();
        // Signals that the network or the page was gone must not harm a connection that delivers.
        const waking = setInterval(() => one.engine.wake('signal'), WAKE_EVERY_MS);
        context.onTestFinished(() => clearInterval(waking));
        await until(async () => (await one.store.conversation(first))?.record !== undefined);
        await one.settled(await one.send(first, 'sent meanwhile'));
        await one.caughtUp();
        expect(await isComplete(one)).toBe(true);
        expect(phasesOf(one)).toEqual(['connecting', 'catching-up', 'online']);
      },
    );
  }

  test.concurrent('[CL8] a returning device gets what it missed in all chats, and nothing is restarted', async (context) => {
    const { account, line, device } = await stageWith(context, {});
    const disk = createMemoryDisk();
    const before = device({ disk });
    await before.caughtUp();
    before.close();
    const missed = account.chats.flatMap((stream) =>
      Array.from({ length: 10 }, (_, at) => sendOp(stream, `missed ${at}`)),
    );
    await pushAll(server.origin, account.person, missed);
    line.shape({ bytesPerSecond: kilobits(50), latencyMs: 400 });
    const one = device({ disk });
    await one.caughtUp();
    for (const stream of account.chats) expect((await one.texts(stream)).at(-1)).toBe('missed 9');
    expect(phasesOf(one)).toEqual(['connecting', 'catching-up', 'online']);
  });

  test.concurrent.for(ways.slice(0, 2))(
    '[CL8] [LV10] over %s, forty long texts arrive live, although pings wait behind them',
    async ([, rules], context) => {
      const { account, device, first, line } = await stageWith(context, {}, rules === undefined ? {} : { rules });
      const one = device();
      await one.caughtUp();
      line.shape({ bytesPerSecond: kilobits(50), latencyMs: 400 });
      const texts = Array.from({ length: 40 }, () => randomBytes(5_700).toString('base64'));
      await pushAll(
        server.origin,
        account.person,
        texts.map((text) => sendOp(first, text)),
      );
      await until(async () => (await one.texts(first)).at(-1) === texts.at(-1));
      expect((await one.texts(first)).slice(-40)).toEqual(texts);
      expect(phasesOf(one)).toEqual(['connecting', 'catching-up', 'online']);
    },
  );

  test.concurrent('[CL8] [CL10] forty long texts are sent over a slow line, and nothing is restarted', async (context) => {
    const { line, device, first } = await stageWith(context, {});
    const one = device();
    await one.caughtUp();
    line.shape({ bytesPerSecond: kilobits(50), latencyMs: 400 });
    const ids = [];
    for (let at = 0; at < 40; at++) ids.push(await one.send(first, '長'.repeat(7_700)));
    for (const id of ids) await one.settled(id);
    await one.caughtUp();
    expect(phasesOf(one)).toEqual(['connecting', 'catching-up', 'online']);
  });
});
