import { expect, it } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { createAnswerVerb } from './answer-verb.ts';
import type { Streams } from './streams.ts';

const ann = 'ann' as UserId;
const [phone, laptop] = [
  { userId: ann, device: 'phone' },
  { userId: ann, device: 'laptop' },
];

/** Verbs that are never answered, and how many of them have been refused. */
function openVerbs() {
  const never = () => new Promise<never>(() => undefined);
  const answerVerb = createAnswerVerb({
    streams: { push: never, pull: never, history: never } as unknown as Streams,
    takeCall: () => 0,
    bounds: { reads: 5, ops: 50, device: { reads: 3, ops: 30 } },
    onDefect: () => undefined,
  });
  const refused: string[] = [];
  const ask = (verb: 'push' | 'pull', caller: typeof phone, request: object) =>
    void answerVerb(verb, caller, request).then(
      (answer) => 'error' in answer && refused.push(`${caller.device} ${answer.error.code}`),
    );
  return { ask, refused, settled: () => new Promise((resolve) => setImmediate(resolve)) };
}

it('[VB9] one device may have fewer reads in flight than its person, so that the other devices can read too', async () => {
  const { ask, refused, settled } = openVerbs();
  for (let count = 0; count < 6; count++) ask('pull', phone, { cursors: {} });
  await settled();
  // One runs and three wait.
  expect(refused).toEqual(['phone rate_limited', 'phone rate_limited']);
  for (let count = 0; count < 3; count++) ask('pull', laptop, { cursors: {} });
  await settled();
  expect(refused.slice(2)).toEqual(['laptop rate_limited']);
});

it('[VB9] one device may have fewer ops in flight than its person', async () => {
  const { ask, refused, settled } = openVerbs();
  const ops = Array.from({ length: 15 }, () => ({}));
  for (let count = 0; count < 3; count++) ask('push', phone, { ops });
  await settled();
  expect(refused).toEqual(['phone rate_limited']);
  for (let count = 0; count < 2; count++) ask('push', laptop, { ops });
  await settled();
  expect(refused.slice(1)).toEqual(['laptop rate_limited']);
});
