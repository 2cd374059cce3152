import { expect, it } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { createFairTurns } from './fair-turns.ts';

const [ann, bob, eve] = ['ann', 'bob', 'eve'] as UserId[] as [UserId, UserId, UserId];
const LONG_MS = 60_000;

/** Work that starts when its turn comes and ends when the test says so. */
function recorder(turns: ReturnType<typeof createFairTurns>) {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    ask(userId: UserId, name: string, cost = 1) {
      const work = () =>
        new Promise<string>((resolve) => {
          started.push(name);
          ends.set(name, () => resolve(name));
        });
      return turns.run(userId, work, () => cost);
    },
    async end(name: string) {
      ends.get(name)?.();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    },
  };
}

it('[VB9] one piece of work runs per person, in the order in which it was asked for', async () => {
  const { started, ask, end } = recorder(createFairTurns({ waitMs: LONG_MS }));
  const first = ask(ann, 'a1');
  void ask(ann, 'a2');
  void ask(ann, 'a3');
  void ask(bob, 'b1');
  expect(started).toEqual(['a1', 'b1']);
  await end('a1');
  expect(await first).toBe('a1');
  expect(started).toEqual(['a1', 'b1', 'a2']);
  await end('a2');
  expect(started).toEqual(['a1', 'b1', 'a2', 'a3']);
});

it('[VB9] the person who has spent least comes next, however many requests of others are waiting', async () => {
  const { started, ask, end } = recorder(createFairTurns({ maxRunning: 1, waitMs: LONG_MS }));
  for (let nth = 1; nth <= 4; nth++) void ask(ann, `a${nth}`, 1_000);
  for (let nth = 1; nth <= 4; nth++) void ask(bob, `b${nth}`, 10);
  while (started.length < 8) {
    await end(started.at(-1) as string);
  }
  expect(started).toEqual(['a1', 'b1', 'b2', 'b3', 'b4', 'a2', 'a3', 'a4']);
});

it('[VB9] a person who was idle has not saved up turns', async () => {
  const { started, ask, end } = recorder(createFairTurns({ maxRunning: 1, waitMs: LONG_MS }));
  for (let nth = 1; nth <= 9; nth++) void ask(ann, `a${nth}`, 10);
  void ask(bob, 'b1', 10);
  for (let nth = 0; nth < 6; nth++) await end(started.at(-1) as string);
  for (let nth = 1; nth <= 9; nth++) void ask(eve, `e${nth}`, 10);
  const before = started.length;
  for (let nth = 0; nth < 6; nth++) await end(started.at(-1) as string);
  const after = started.slice(before).map((name) => name[0]);
  expect(after.filter((who) => who === 'a')).toHaveLength(3);
  expect(after.filter((who) => who === 'e')).toHaveLength(3);
});

it('[VB9] refuses requests of a person who has too many waiting, and nobody else’s', async () => {
  const { ask, end } = recorder(createFairTurns({ maxRunning: 1, maxWaiting: 2, waitMs: LONG_MS }));
  const running = ask(ann, 'a1');
  void ask(ann, 'a2');
  void ask(ann, 'a3');
  expect(await ask(ann, 'a4')).toBe('too many');
  void ask(bob, 'b1');
  await end('a1');
  expect(await running).toBe('a1');
  await end('b1');
  const allowed = ask(ann, 'a5');
  for (const name of ['a2', 'a3', 'a5']) await end(name);
  expect(await allowed).toBe('a5');
});

it('[VB9] work whose turn does not come in time is never started', async () => {
  const { started, ask, end } = recorder(createFairTurns({ maxRunning: 1, waitMs: 1 }));
  const running = ask(ann, 'a1');
  expect(await ask(bob, 'b1')).toBe('too late');
  await end('a1');
  expect(await running).toBe('a1');
  expect(started).toEqual(['a1']);
});

it('the next work runs after work that fails', async () => {
  const turns = createFairTurns({ maxRunning: 1, waitMs: LONG_MS });
  const fails = turns.run(
    ann,
    () => Promise.reject(new Error('broken')),
    () => 1,
  );
  const next = turns.run(
    ann,
    () => Promise.resolve('next'),
    () => 1,
  );
  await expect(fails).rejects.toThrow('broken');
  expect(await next).toBe('next');
});
