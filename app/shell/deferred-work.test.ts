import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ListChange } from '#app/local-store/local-store.ts';
import type { SyncStatus } from '#app/sync/status.ts';
import { DEFERRED_MS, type DeferredClient, startDeferredWork } from './deferred-work.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A client whose chats and connection the test changes, and work that ends when the test says so. */
function stage() {
  const runs: (() => void)[] = [];
  let changeList = (_change: ListChange) => {};
  let changeStatus = (_status: SyncStatus) => {};
  const status = (phase: 'online' | 'offline') => ({ connection: { phase }, caughtUpAt: null });
  const client: DeferredClient = {
    status: () => status('online'),
    onStatus(listener) {
      changeStatus = listener;
      return () => {};
    },
    store: {
      onListChange(listener) {
        changeList = listener;
        return () => {};
      },
    },
  };
  const stop = startDeferredWork(client, async () => () => new Promise<void>((resolve) => runs.push(resolve)));
  return {
    runs,
    stop,
    change: () => changeList({ conversations: [] }),
    connect: (phase: 'online' | 'offline') => changeStatus(status(phase)),
    elapse: () => vi.advanceTimersByTimeAsync(DEFERRED_MS),
  };
}

test('the work runs some time after the start, and again after chats have changed or the connection is back', async () => {
  const { runs, change, connect, elapse } = stage();
  await elapse();
  expect(runs.length).toBe(1);
  runs[0]?.();
  change();
  change();
  await elapse();
  expect(runs.length).toBe(2);
  runs[1]?.();
  connect('online');
  await elapse();
  expect(runs.length).toBe(2);
  connect('offline');
  connect('online');
  await elapse();
  expect(runs.length).toBe(3);
});

test('a change during a run starts another one after it', async () => {
  const { runs, change, elapse } = stage();
  await elapse();
  change();
  await elapse();
  expect(runs.length).toBe(1);
  runs[0]?.();
  await elapse();
  expect(runs.length).toBe(2);
});

test('nothing runs once the session has ended', async () => {
  const { runs, stop, change, elapse } = stage();
  await elapse();
  change();
  stop();
  runs[0]?.();
  await elapse();
  expect(runs.length).toBe(1);
});
