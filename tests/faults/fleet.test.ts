import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Socket, io } from 'socket.io-client';
import type { Welcome } from '#protocol/live.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import { type Person, health, ownGroup, pushAll, sendOp, signUp, until } from './person.fixture.ts';
import { often, startServer, temporaryFolder } from './process.fixture.ts';

const CLIENTS = often(100, 1_000);
const PEOPLE = often(5, 50);

/** A device that connects when its server comes back, and pulls what it missed. */
interface Device {
  socket: Socket;
  cursors: Record<string, number>;
  texts: string[];
  welcomes: number;
  failures: string[];
  /** Answers of `unavailable`. */
  delays: number;
}

function startDevice(origin: string, { cookie }: Person): Device {
  const socket = io(origin, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 200,
    reconnectionDelayMax: 2_000,
    randomizationFactor: 1,
    auth: { protocol: 1, device: crypto.randomUUID() },
    extraHeaders: { cookie },
  });
  const device: Device = { socket, cursors: {}, texts: [], welcomes: 0, failures: [], delays: 0 };
  socket.on('welcome', (_welcome: Welcome) => void catchUp(device));
  socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
    // A server that is down or shuts down refuses; one that is ready must not.
    if (error.data?.code !== undefined && error.data.code !== 'unavailable') device.failures.push(error.data.code);
  });
  return device;
}

async function catchUp(device: Device): Promise<void> {
  for (let more = true; more;) {
    let answer: PullAnswer & { error?: { code: string } };
    try {
      answer = (await device.socket.timeout(20_000).emitWithAck('pull', { cursors: device.cursors })) as typeof answer;
    } catch {
      if (!device.socket.connected) return; // the next welcome starts again
      continue;
    }
    if (answer.error?.code === 'unavailable') {
      device.delays += 1;
      await pause(500);
      continue;
    }
    if (answer.error !== undefined) {
      device.failures.push(answer.error.code);
      return;
    }
    for (const { stream, cursor, records } of answer.streams) {
      device.cursors[stream] = cursor;
      for (const record of records) if (record.type === 'message' && 'text' in record) device.texts.push(record.text);
    }
    more = answer.more;
  }
  device.welcomes += 1;
}

/** Whether all are caught up. Socket.IO does not reconnect after a refusal or a close by the server, so this does. */
function areBack(devices: readonly Device[]): boolean {
  for (const { socket } of devices) if (!socket.active) socket.connect();
  return devices.every(({ welcomes }) => welcomes > 0);
}

describe('a fleet that reconnects at once', () => {
  let place: ReturnType<typeof temporaryFolder>;
  beforeAll(() => void (place = temporaryFolder()));
  afterAll(() => place.remove());

  it(`[REL-04] ${CLIENTS} devices after a restart: none is refused, and all get what was sent meanwhile`, async () => {
    // With the default limits: a fleet from one address is not a flood.
    const limited = { RATE_LIMIT: 'on' };
    const first = await startServer(place.folder, limited);
    const { origin } = first;
    const people: Person[] = [];
    for (let nth = 0; nth < PEOPLE; nth++) people.push(await signUp(origin, `Person ${nth}`));
    const [ann] = people as [Person];
    const stream = await ownGroup(origin, ann, people);
    await pushAll(origin, ann, sendOp(stream, 'before'));
    const devices = Array.from({ length: CLIENTS }, (_, nth) => startDevice(origin, people[nth % PEOPLE] as Person));
    await until(() => areBack(devices));
    expect(devices.every(({ texts }) => texts.includes('before'))).toBe(true);

    for (const device of devices) device.welcomes = 0;
    first.child.kill('SIGTERM');
    expect(await first.gone).toBe(0);
    const second = await startServer(place.folder, { ...limited, PORT: new URL(origin).port });
    await pushAll(origin, ann, sendOp(stream, 'meanwhile'), sendOp(stream, 'and more'));
    const statuses = new Set<number | undefined>();
    await until(async () => {
      for (const path of ['/healthz', '/readyz'] as const) statuses.add(await health(origin, path));
      return areBack(devices);
    });
    expect(devices.flatMap(({ failures }) => failures)).toEqual([]);
    const delays = devices.reduce((sum, device) => sum + device.delays, 0);
    process.stdout.write(
      `${CLIENTS} devices were asked ${delays} times to pull again later (aim: less than once each)\n`,
    );
    // Changes after a device's page arrive live; a last pull shows the final state of all.
    await Promise.all(devices.map((device) => catchUp(device)));
    for (const { texts } of devices) expect(texts).toEqual(expect.arrayContaining(['before', 'meanwhile', 'and more']));
    expect([...statuses]).toEqual([200]);
    for (const { socket } of devices) socket.close();
    second.child.kill('SIGTERM');
    expect(await second.gone).toBe(0);
  }, 600_000);
});
