import { executionAsyncId } from 'node:async_hooks';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { QUIET_MS, withContexts } from './contexts.ts';
import { scopes } from './request-scope.ts';

const deadline = { bound: <T>(promise: Promise<T>) => promise, uncounted: <T>(work: () => Promise<T>) => work() };

/** Whether promises are followed, which costs each of them: only then a continuation has an id of its own. */
async function promisesAreFollowed(): Promise<boolean> {
  const ids = [];
  for (let at = 0; at < 2; at++) ids.push(await Promise.resolve().then(() => executionAsyncId()));
  return ids[0] !== ids[1];
}

describe('the contexts of account requests', () => {
  it('are there while a request lasts and for some time after, and then cost nobody anything', async () => {
    const isOldNode = Number(process.versions.node.split('.')[0]) < 24;
    let leftOver: unknown;
    let detached: Promise<void> | undefined;
    await withContexts(() =>
      scopes.run({ deadline, ended: [] }, async () => {
        await after(5);
        expect(scopes.getStore()).toBeDefined();
        expect(await promisesAreFollowed()).toBe(isOldNode);
        detached = after(QUIET_MS / 2).then(() => void (leftOver = scopes.getStore()));
      }),
    );
    await detached;
    expect(leftOver).toBeDefined();
    await after(QUIET_MS);
    expect(await promisesAreFollowed()).toBe(false);
  });

  it('stay where another request is still at work', async () => {
    let seen: unknown;
    const long = withContexts(() =>
      scopes.run({ deadline, ended: [] }, async () => {
        await after(QUIET_MS * 2.5);
        seen = scopes.getStore();
      }),
    );
    await withContexts(() => scopes.run({ deadline, ended: [] }, () => Promise.resolve()));
    await long;
    expect(seen).toBeDefined();
  });
});
