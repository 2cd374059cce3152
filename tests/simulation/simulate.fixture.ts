import type { UserId } from '#protocol/ids.ts';
import { isConversation, scheduledRecordId } from '#protocol/ids.ts';
import { randomFrom } from '#protocol/testing/seeded-random.fixture.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import { type Clock, installClock } from '#server/streams/testing/simulated-clock.fixture.ts';
import { accept, act, block, editTwice } from './actions.fixture.ts';
import { createDevice, type Device, type Fault } from './device.fixture.ts';
import { deviceViolations, duplicateViolations, readServerView, type ServerView } from './invariants.fixture.ts';
import { createRun, START_MS, type Counter } from './run.fixture.ts';
import { editViolations, lostEditViolations } from './edit-invariants.fixture.ts';
import { requestViolations } from './request-invariants.fixture.ts';
import { jump, makeOldGroup } from './old-group.fixture.ts';
import { createServer } from './server.fixture.ts';

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as [UserId, UserId, UserId];
const people = [ann, bob, eve];
const FAULTY_MS = 45_000;
/** Long enough for the next heads to reveal lost changes, and for a silent connection to be noticed after 45 s. */
const RECOVERY_MS = 240_000;
const ACTIONS = 70;
const FAULTS = 14;
/** How often somebody edits the same message on both of their devices. */
const DOUBLE_EDITS = 4;
/** How often the server looks for messages that are due, and the places in which it looks. */
const SENDS = 20;
const PLACES = [0, 1, 2, 3, 4, 5];
/** How often somebody blocks or unblocks a person. */
const BLOCKS = 4;
/** How often somebody accepts a chat that a stranger started, if there is one. */
const ACCEPTS = 6;
/** How often somebody goes to some place far back in a long chat. */
const JUMPS = 30;

export interface RunResult {
  violations: string[];
  history: string[];
  counts: Record<Counter, number>;
}

/**
 * Simulates three people on five devices and one server. For 45 seconds packets are lost, duplicated and late, connections
 * drop or go silent, and the server and the devices crash and restart. In every other run there is an old group, in which
 * they also go far back. Then the faults stop, and everybody must converge.
 */
export async function simulate(seed: number, fault: Fault = {}, hasOldGroup = seed % 2 === 0): Promise<RunResult> {
  const clock = installClock(START_MS, randomFrom(~seed));
  try {
    return await simulateOn(clock, seed, fault, hasOldGroup);
  } finally {
    clock.restore();
  }
}

async function simulateOn(clock: Clock, seed: number, fault: Fault, hasOldGroup: boolean): Promise<RunResult> {
  const run = createRun(seed, people);
  const { below, pick, counts, log } = run;
  const unexpected: unknown[] = [];
  const later = (ms: number, work: () => unknown) =>
    setTimeout(() => {
      Promise.resolve(work()).catch((error: unknown) => unexpected.push(error));
    }, ms);
  const server = createServer(run, people, () => {
    if (run.injectsFaults) later(below(4_000), server.start);
  });
  const devices = [ann, ann, bob, bob, eve].map((userId, at) =>
    createDevice(run, server, userId, `${userId}${at % 2}`, fault),
  );
  const until = async (condition: () => boolean | Promise<boolean>, maxMs: number) => {
    const end = Date.now() + maxMs;
    while (!(await condition()) && Date.now() < end) await clock.step();
  };
  const { stepUntilSettled } = clock;

  await stepUntilSettled(server.start());
  const oldGroup = hasOldGroup ? await stepUntilSettled(makeOldGroup(run, server, people)) : undefined;
  for (const device of devices) later(below(3_000), device.start);
  for (let n = 0; n < ACTIONS; n++)
    later(below(FAULTY_MS), async () => {
      const device = pick(devices);
      // The device crashes, or is closed, right after the action. [ask 4]
      if (run.chance(0.08)) later(below(25), () => crash(device));
      await act(run, device, people);
    });
  for (let n = 0; oldGroup !== undefined && n < JUMPS; n++)
    later(below(FAULTY_MS), () => jump(run, pick(devices), oldGroup));
  for (let n = 0; n < DOUBLE_EDITS; n++) {
    const both = devices.slice(2 * (n % 2), 2 * (n % 2) + 2);
    later(below(FAULTY_MS), () => editTwice(run, both));
  }
  for (let n = 0; n < SENDS; n++) later(below(FAULTY_MS), sendScheduled);
  for (let n = 0; n < BLOCKS; n++) later(below(FAULTY_MS), () => block(run, pick(devices)));
  for (let n = 0; n < ACCEPTS; n++) later(below(FAULTY_MS), () => accept(run, pick(devices)));
  for (let n = 0; n < FAULTS; n++) later(below(FAULTY_MS), () => injectFault());
  function crash(device: Device): void {
    if (device.running() === undefined) return;
    device.crash();
    later(below(8_000), async () => {
      if (device.running() !== undefined) return;
      if (run.chance(0.3)) await device.damage();
      device.start();
    });
  }
  /** Each place twice at once, as two servers may do it for a moment. */
  async function sendScheduled(): Promise<void> {
    const streams = server.process()?.streams;
    if (streams === undefined) return;
    const places = people.flatMap((userId) => PLACES.map((n) => [userId, scheduledRecordId(userId, n)] as const));
    await Promise.all(
      [...places, ...places].map(async ([userId, place]) => {
        try {
          await streams.sendScheduled(userId, place);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
        }
      }),
    );
  }
  function injectFault(): void {
    const device = pick(devices);
    switch (below(7)) {
      case 0:
      case 1:
        return device.network.disconnect();
      case 2:
        return device.network.goSilent();
      case 3:
        return crash(device);
      case 4:
        device.network.isReachable = false;
        device.network.disconnect();
        device.running()?.engine.offline();
        later(below(15_000), () => {
          device.network.isReachable = true;
          device.running()?.engine.wake('signal');
        });
        return undefined;
      case 5:
        return device.running()?.engine.wake('signal');
      default:
        return server.crash();
    }
  }

  await until(() => Date.now() >= START_MS + FAULTY_MS + 10_000, FAULTY_MS * 2);
  log('no more faults');
  run.injectsFaults = false;
  if (server.process() === undefined) await stepUntilSettled(server.start());
  for (const device of devices) {
    device.network.isReachable = true;
    if (device.running() === undefined) device.start();
  }

  const sending = setInterval(() => void sendScheduled().catch((error: unknown) => unexpected.push(error)), 2_000);

  const findViolations = async () => {
    const streams = server.process()?.streams;
    if (streams === undefined) throw new Error('the server is down although no faults are injected');
    let views: ServerView[];
    try {
      views = await stepUntilSettled(Promise.all(people.map((userId) => readServerView(streams, userId))));
    } catch (error) {
      // An op that was queued until now may just have removed somebody, between their pull and their history.
      return [String(error)];
    }
    const removed = removals(views);
    const found = [...duplicateViolations(views), ...editViolations(run, views), ...requestViolations(people, views)];
    for (const device of devices) {
      const view = views[people.indexOf(device.userId)] as ServerView;
      found.push(...(await stepUntilSettled(deviceViolations(run, device, view, removed))));
      found.push(...(await stepUntilSettled(lostEditViolations(run, device))));
    }
    return found;
  };
  const end = Date.now() + RECOVERY_MS;
  let violations = ['never checked'];
  // Checked with growing pauses, because a check costs as much as everything else: convergence is noticed soon, and a lasting
  // violation is checked only a few times.
  for (let pauseMs = 5_000; violations.length > 0 && Date.now() < end; pauseMs *= 1.5) {
    const next = Math.min(Date.now() + pauseMs, end);
    await until(() => Date.now() >= next, pauseMs * 2);
    violations = await findViolations();
  }
  for (const error of [...server.defects, ...unexpected]) violations.push(`a defect: ${String(error)}`);

  for (const device of devices) {
    const { store } = device.running() ?? {};
    if (store !== undefined) counts.repairs += await stepUntilSettled(store.repairs());
  }
  for (const device of devices) device.running()?.engine.close();
  clearInterval(sending);
  await stepUntilSettled(server.close());
  return { violations, history: run.history, counts };
}

/** The people who were ever removed from a conversation: their messages there may have failed, or be hidden from them now. */
function removals(views: readonly ServerView[]): Set<string> {
  const removed = new Set<string>();
  for (const { memberships, conversations } of views) {
    for (const [stream, { leftAt }] of memberships) if (leftAt !== undefined) removed.add(`${stream} everybody`);
    for (const [stream, { messages }] of conversations)
      for (const { event } of messages)
        if (event?.kind === 'member.remove' && isConversation(stream))
          for (const userId of event.userIds ?? []) removed.add(`${stream} ${userId}`);
  }
  for (const { memberships } of views)
    for (const [stream, { leftAt, id }] of memberships)
      if (leftAt !== undefined) removed.add(`${stream} ${id.slice(2, id.indexOf('/'))}`);
  return removed;
}
