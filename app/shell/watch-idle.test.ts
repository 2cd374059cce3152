import { afterEach, expect, test, vi } from 'vitest';
import { newLock } from '#app/state/lock.ts';
import { lockChanged } from '#app/state/settings.ts';
import { shareSettings } from '#app/state/settings-in-tabs.ts';
import { createAppStore } from '#app/state/store.ts';
import { watchIdle } from './watch-idle.ts';

const storage = { getItem: async () => null, setItem: async () => {}, removeItem: async () => {} };
const MINUTES = 5;

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Two tabs of one person with a lock that was used last `minutes` ago. */
function openTabs(minutes: number) {
  // The parts of a page that it listens to.
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('document', new EventTarget());
  const tabs = [createAppStore(storage).store, createAppStore(storage).store] as const;
  const lock = newLock({ salt: 's', hash: 'h' }, MINUTES, Date.now() - minutes * 60_000);
  for (const tab of tabs) tab.dispatch(lockChanged(lock));
  const stops = tabs.map(shareSettings);
  const abort = new AbortController();
  const isLocked = () => tabs.map((tab) => tab.getState().settings.lock?.isLocked);
  const end = () => {
    abort.abort();
    for (const stop of stops) stop();
  };
  return { tabs, lock, signal: abort.signal, isLocked, end };
}

test('[SEC-55] a tab that was frozen does not lock the app while another tab, of which it has not been notified yet, is in use', async () => {
  const { tabs, lock, signal, isLocked, end } = openTabs(20);
  const [thawed, used] = tabs;
  used.dispatch(lockChanged({ ...lock, usedAt: Date.now() }));
  await watchIdle(thawed, signal);
  expect(isLocked()).toEqual([false, false]);
  end();
});

test('[SEC-55] a tab that was frozen does not bring back a lock that was removed meanwhile', async () => {
  const { tabs, signal, isLocked, end } = openTabs(20);
  const [thawed, used] = tabs;
  used.dispatch(lockChanged(null));
  await watchIdle(thawed, signal);
  expect(isLocked()).toEqual([undefined, undefined]);
  end();
});

test('[SEC-55] if nobody used any tab for the chosen time, one of them locks them all before it shows anything', async () => {
  const { tabs, signal, isLocked, end } = openTabs(MINUTES);
  await watchIdle(tabs[0], signal);
  expect(isLocked()[0]).toBe(true);
  await expect.poll(isLocked).toEqual([true, true]);
  end();
});
