import { executionAsyncId } from 'node:async_hooks';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { QUIET_MS, withContexts } from './contexts.ts';
import { scopes } from './request-scope.ts';

const deadline = { bound: <T>(promise: Promise<T>) => promise, uncounted: <T>(work: () => Promise<T>) => work() };

/** Whether Node tracks promises, which slows each of them: only then does a continuation have its own id. */
async function arePromisesTracked(): Promise<boolean> {
  const ids = [];
  for (let at = 0; at < 2; at++) ids.push(await Promise.resolve().then(() => executionAsyncId()));
  return ids[0] !== ids[1];
}

/** Another test file in this process may have left a library running that needs them forever. */
async function areTrackedByOthers(): Promise<boolean> {
  // Requests of earlier files need them for this long.
  const until = performance.now() + 4 * QUIET_MS;
  while (await arePromisesTracked()) {
    if (performance.now() > until) return true;
    await after(QUIET_MS / 4);
  }
  return false;
}

describe('the contexts of account requests', () => {
  it('exist during a request and for a while after it, and are then disabled', async () => {
    const othersTrack = await areTrackedByOthers();
    const isOldNode = Number(process.versions.node.split('.')[0]) < 24;
    let afterwards: unknown;
    let detached: Promise<void> | undefined;
    await withContexts(() =>
      scopes.run({ deadline, ended: [], emails: [] }, async () => {
        await after(5);
        expect(scopes.getStore()).toBeDefined();
        expect(await arePromisesTracked()).toBe(isOldNode || othersTrack);
        detached = after(QUIET_MS / 2).then(() => void (afterwards = scopes.getStore()));
      }),
    );
    await detached;
    expect(afterwards).toBeDefined();
    await expect.poll(arePromisesTracked).toBe(othersTrack);
  });

  it('stay while another request is running', async () => {
    let seen: unknown;
    const long = withContexts(() =>
      scopes.run({ deadline, ended: [], emails: [] }, async () => {
        await after(QUIET_MS * 2.5);
        seen = scopes.getStore();
      }),
    );
    await withContexts(() => scopes.run({ deadline, ended: [], emails: [] }, () => Promise.resolve()));
    await long;
    expect(seen).toBeDefined();
  });
});
