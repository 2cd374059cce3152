import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runForLeader, type Leader } from './leader.ts';
import { createSharedLocks, type SharedLocks } from './testing/lock-manager.fixture.ts';
import { fakeClock } from './testing/fake-clock.fixture.ts';

/** Frozen tabs, each with the messages that it will receive when it thaws. */
const frozen = new Map<string, (() => void)[]>();
/** The tab that is being opened, so that its channel knows whose it is. */
let opening = '';
class FreezableChannel extends BroadcastChannel {
  readonly #tab = opening;
  override addEventListener(type: string, listener: (event: Event) => void): void {
    super.addEventListener(type, (event) => {
      const later = frozen.get(this.#tab);
      if (later === undefined) listener(event);
      else later.push(() => listener(event));
    });
  }
}
vi.stubGlobal('BroadcastChannel', FreezableChannel);
/** Tabs whose timers do not run, although they receive messages. */
const slow = new Set<string>();
let tabs: Leader[] = [];
let locks: SharedLocks;
let name: string;
let runs = 0;

fakeClock();
beforeEach(() => {
  locks = createSharedLocks();
  runs += 1;
  name = `leader-${process.pid}-${runs}`;
});
afterEach(() => {
  for (const tab of tabs) tab.close();
  tabs = [];
  frozen.clear();
});

interface Tab {
  id: string;
  isVisible: boolean;
  isLeading: boolean;
  led: number;
  leader: Leader;
  defects: unknown[];
}
function open(id: string, isVisible = true): Tab {
  opening = id;
  const tab = { id, isVisible, isLeading: false, led: 0, defects: [] as unknown[] } as Tab;
  tab.leader = runForLeader({
    name,
    locks: locks.tab(id),
    isVisible: () => tab.isVisible,
    every(ms, tick) {
      const timer = setInterval(() => frozen.has(id) || slow.has(id) || tick(), ms);
      return () => clearInterval(timer);
    },
    onLead() {
      tab.isLeading = true;
      tab.led += 1;
    },
    onLost() {
      tab.isLeading = false;
    },
    onDefect: (error) => tab.defects.push(error),
  });
  tabs.push(tab.leader);
  return tab;
}

/** Advances the clock. The tabs' messages go through real ports, which need real turns of the event loop. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    vi.advanceTimersByTime(100);
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
const leading = (...of: Tab[]) => of.filter((tab) => tab.isLeading).map((tab) => tab.id);

test('[CL5] one of several tabs leads, and keeps leading while it answers', async () => {
  const [a, b, c] = [open('a'), open('b'), open('c')];
  await pass(10_000);
  expect(leading(a, b, c)).toEqual(['a']);
  expect([a.led, b.led, c.led]).toEqual([1, 0, 0]);
});

test('[CL5] [ask 35] a leader that is closed or killed is replaced at once, visible or not', async () => {
  const [a, b, c] = [open('a'), open('b', false), open('c')];
  await pass(200);
  a.leader.close();
  await pass(100);
  expect(leading(b, c)).toEqual(['b']);
  locks.kill('b');
  await pass(100);
  expect(c.isLeading).toBe(true);
});

function freeze(tab: Tab): void {
  frozen.set(tab.id, []);
  locks.freeze(tab.id);
}

/** Timers run again and messages arrive; the tab learns of its stolen lock only when the test calls `locks.thaw`. */
function wake(tab: Tab): void {
  const missed = frozen.get(tab.id) ?? [];
  frozen.delete(tab.id);
  for (const deliver of missed) deliver();
}

test('[CL5] [ask 35] a visible tab replaces a frozen leader within 2 s', async () => {
  const [a, b, c] = [open('a'), open('b', false), open('c')];
  await pass(3_000);
  freeze(a);
  await pass(900);
  expect(c.isLeading).toBe(false);
  await pass(400);
  expect(c.isLeading).toBe(true);
  expect(b.isLeading).toBe(false);
  // Thawed, but not yet notified: it queries the lock before it sends, and finds that it no longer leads.
  expect(a.isLeading).toBe(true);
  wake(a);
  // Its timer may run before the query.
  await pass(300);
  expect(a.isLeading).toBe(true);
  expect(await a.leader.confirm()).toBe(false);
  expect(a.isLeading).toBe(false);
  locks.thaw('a');
  await pass(5_000);
  expect(leading(a, b, c)).toEqual(['c']);
  // It is queued for the lock again.
  c.leader.close();
  b.leader.close();
  await pass(100);
  expect(a.isLeading).toBe(true);
  expect([a, b, c].flatMap(({ defects }) => defects)).toEqual([]);
});

test('[CL5] [ask 35] when two tabs replace a frozen leader at the same moment, one leads and the other knows that it does not', async () => {
  const [a, b, c] = [open('a'), open('b'), open('c')];
  await pass(1_000);
  freeze(a);
  await pass(2_500);
  expect(leading(b, c)).toHaveLength(1);
  wake(a);
  locks.thaw('a');
  await pass(5_000);
  expect(leading(a, b, c)).toHaveLength(1);
});

test('[CL5] a leader that slept and was not replaced keeps leading', async () => {
  const a = open('a');
  await pass(1_000);
  freeze(a);
  await pass(60_000);
  wake(a);
  expect(await a.leader.confirm()).toBe(true);
  await pass(1_000);
  expect([a.isLeading, a.led]).toEqual([true, 1]);
});

test('[CL5] a hidden tab never steals the lock, but does once it becomes visible', async () => {
  const [a, b] = [open('a'), open('b', false)];
  await pass(1_000);
  freeze(a);
  await pass(30_000);
  expect(b.isLeading).toBe(false);
  b.isVisible = true;
  await pass(1_300);
  expect(b.isLeading).toBe(true);
});

test('[CL5] a leader in the background whose timers do not run still answers, and keeps leading', async () => {
  const [a, b] = [open('a', false), open('b')];
  slow.add('a');
  await pass(60_000);
  expect(leading(a, b)).toEqual(['a']);
  expect([a.led, b.led]).toEqual([1, 0]);
  slow.delete('a');
});

test('[CL5] a tab that slept itself does not conclude that the leader is frozen', async () => {
  const [a, b] = [open('a'), open('b')];
  await pass(1_000);
  freeze(b);
  // Only this tab is frozen, for a minute.
  await pass(60_000);
  wake(b);
  locks.thaw('b');
  await pass(5_000);
  expect(leading(a, b)).toEqual(['a']);
  expect([a.led, b.led]).toEqual([1, 0]);
});

test('[CL5] without locks every tab leads, and confirms it until it closes', async () => {
  let led = 0;
  const leader = runForLeader({
    name,
    locks: undefined,
    isVisible: () => true,
    every: () => () => undefined,
    onLead: () => (led += 1),
    onLost: () => undefined,
    onDefect: () => undefined,
  });
  expect(led).toBe(0);
  await Promise.resolve();
  expect([led, await leader.confirm()]).toEqual([1, true]);
  leader.close();
  expect(await leader.confirm()).toBe(false);
});
