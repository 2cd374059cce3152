import type { UserId } from '#protocol/ids.ts';
import { isConversation } from '#protocol/ids.ts';
import { check, checkOnce, seenBy } from './check.fixture.ts';
import { doSomething } from './deeds.fixture.ts';
import { createDevice, type Device, type Fault } from './device.fixture.ts';
import { createServer } from './server.fixture.ts';
import { installClock, type Clock } from './clock.fixture.ts';
import { BEGIN, createWeather, type Deed } from './weather.fixture.ts';

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as [UserId, UserId, UserId];
const people = [ann, bob, eve];
const STORM_MS = 45_000;
/** Live changes that were lost come with the next heads; a dark connection is noticed in 45 s. */
const FAIR_MS = 240_000;
const DEEDS = 70;
const BAD_TURNS = 14;

export interface Ran {
  violations: string[];
  history: string[];
  did: Record<Deed, number>;
}

/**
 * Three people on five devices and one server, for three quarters of a minute of bad weather: lost, doubled, late packets, connections that
 * are cut or only look alive, a server and devices that die and come back. Then the weather clears, and all must be one.
 */
export async function simulate(seed: number, fault: Fault = {}): Promise<Ran> {
  const clock = installClock(BEGIN);
  try {
    return await live(clock, seed, fault);
  } finally {
    clock.restore();
  }
}

async function live(clock: Clock, seed: number, fault: Fault): Promise<Ran> {
  const weather = createWeather(seed);
  const { below, pick, did, say } = weather;
  const server = createServer(weather, people, () => {
    if (weather.isStorm) later(below(4_000), server.start);
  });
  const devices = [ann, ann, bob, bob, eve].map((userId, at) =>
    createDevice(weather, server, userId, `${userId}${at % 2}`, fault),
  );
  const unexpected: unknown[] = [];
  const later = (ms: number, what: () => unknown) =>
    setTimeout(() => {
      Promise.resolve(what()).catch((error: unknown) => unexpected.push(error));
    }, ms);
  const until = async (condition: () => boolean | Promise<boolean>, mostMs: number) => {
    const end = Date.now() + mostMs;
    while (!(await condition()) && Date.now() < end) await clock.step();
  };

  /** A promise that needs time to pass. */
  async function settledBy<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    promise.then(over, over);
    while (!isOver) await clock.step();
    return promise;
  }

  await settledBy(server.start());
  for (const device of devices) later(below(3_000), device.start);
  for (let n = 0; n < DEEDS; n++)
    later(below(STORM_MS), async () => {
      const device = pick(devices);
      // Closed, or killed, in the moment after. [ask 4]
      if (weather.chance(0.08)) later(below(25), () => die(device));
      await doSomething(weather, device, people);
    });
  for (let n = 0; n < BAD_TURNS; n++) later(below(STORM_MS), () => turn());
  function die(device: Device): void {
    if (device.life() === undefined) return;
    device.kill();
    later(below(8_000), () => device.life() ?? device.start());
  }
  function turn(): void {
    const device = pick(devices);
    switch (below(7)) {
      case 0:
      case 1:
        return device.wire.cut();
      case 2:
        return device.wire.darken();
      case 3:
        return die(device);
      case 4:
        device.wire.isReachable = false;
        device.wire.cut();
        device.life()?.engine.offline();
        later(below(15_000), () => {
          device.wire.isReachable = true;
          device.life()?.engine.wake('signal');
        });
        return undefined;
      case 5:
        return device.life()?.engine.wake('signal');
      default:
        return server.kill();
    }
  }

  await until(() => Date.now() >= BEGIN + STORM_MS + 10_000, STORM_MS * 2);
  say('the weather clears');
  weather.isStorm = false;
  if (server.process() === undefined) await settledBy(server.start());
  for (const device of devices) {
    device.wire.isReachable = true;
    if (device.life() === undefined) device.start();
  }

  const look = async () => {
    const streams = server.process()?.streams;
    if (streams === undefined) throw new Error('the server is down in fair weather');
    let seen: Awaited<ReturnType<typeof seenBy>>[];
    try {
      seen = await settledBy(Promise.all(people.map((userId) => seenBy(streams, userId))));
    } catch (error) {
      // What waited for fair weather may just have removed somebody, between his pull and his history.
      return [String(error)];
    }
    const removed = removals(seen);
    const wrong = checkOnce(seen);
    for (const device of devices)
      wrong.push(...(await settledBy(check(device, seen[people.indexOf(device.userId)] as never, removed))));
    return wrong;
  };
  const end = Date.now() + FAIR_MS;
  let violations = ['never looked'];
  while (violations.length > 0 && Date.now() < end) {
    const next = Date.now() + 5_000;
    await until(() => Date.now() >= next, 10_000);
    violations = await look();
  }
  for (const error of [...server.defects, ...unexpected]) violations.push(`a defect: ${String(error)}`);

  for (const device of devices) device.life()?.engine.close();
  await settledBy(server.close());
  return { violations, history: weather.history, did };
}

/** Who was ever removed from where: what they said there may have failed, or be out of their sight. */
function removals(seen: Awaited<ReturnType<typeof seenBy>>[]): Set<string> {
  const removed = new Set<string>();
  for (const { memberships, conversations } of seen) {
    for (const [stream, { leftAt }] of memberships) if (leftAt !== undefined) removed.add(`${stream} everybody`);
    for (const [stream, { messages }] of conversations)
      for (const { event } of messages)
        if (event?.kind === 'member.remove' && isConversation(stream))
          for (const userId of event.userIds ?? []) removed.add(`${stream} ${userId}`);
  }
  for (const { memberships } of seen)
    for (const [stream, { leftAt, id }] of memberships)
      if (leftAt !== undefined) removed.add(`${stream} ${id.slice(2, id.indexOf('/'))}`);
  return removed;
}
