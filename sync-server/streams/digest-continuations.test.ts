import { expect, test } from 'vitest';
import { type UserId, directStream } from '#protocol/ids.ts';
import { createDigestContinuations } from './digest-continuations.ts';
import { createUnfinishedBootstraps } from './unfinished-bootstraps.ts';
import { ann } from './testing/people.fixture.ts';

const stream = directStream(ann, 'bob' as UserId);
const MINUTE_MS = 60_000;

test('[DG2] what is kept for a device that never asks for it is dropped after ten minutes', () => {
  let time = 0;
  const continuations = createDigestContinuations(() => time);
  const unfinished = createUnfinishedBootstraps(() => time);
  const range = { head: 9, windowFrom: undefined, joinedRev: 1 };
  const keepFor = (device: string) => {
    unfinished.endedAt({ userId: ann, device }, stream, 5, range);
    return continuations.keep(
      { userId: ann, device },
      { streams: [stream], cursors: new Map(), isComplete: true, present: [] },
    );
  };
  keepFor('phone');
  time = 9 * MINUTE_MS;
  const token = keepFor('laptop');
  expect([continuations.size(), unfinished.size()]).toEqual([2, 2]);
  time = 11 * MINUTE_MS;
  for (const kept of [continuations, unfinished]) kept.dropOld();
  expect([continuations.size(), unfinished.size()]).toEqual([1, 1]);
  expect(unfinished.at({ userId: ann, device: 'laptop' }, stream, 5)).toMatchObject(range);
  expect(continuations.take({ userId: ann, device: 'laptop' }, token)?.streams).toEqual([stream]);
});
