import { expect, test } from 'vitest';
import { directStream, type UserId } from '#protocol/ids.ts';
import { connectionChanged } from './connection.ts';
import { momentReducer, presenceHeard, typingHeard, type MomentState } from './moment.ts';

const [ann, bob] = ['ann', 'bob'] as [UserId, UserId];
const stream = directStream(ann, bob);
const empty: MomentState = { typing: {}, presence: {} };

test('[LV7] who types is listed once, and no longer when it ends', () => {
  const on = typingHeard({ stream, userId: bob, on: true });
  const typing = [on, on].reduce(momentReducer, empty);
  expect(typing.typing).toEqual({ [stream]: [bob] });
  expect(momentReducer(typing, typingHeard({ stream, userId: bob, on: false }))).toEqual(empty);
});

test('[LV8] what was known of the moment goes with the connection', () => {
  const here = { userId: bob, online: true };
  const state = [presenceHeard(here), typingHeard({ stream, userId: bob, on: true })].reduce(momentReducer, empty);
  expect(state.presence).toEqual({ bob: here });
  const caughtUpAt = null;
  expect(momentReducer(state, connectionChanged({ connection: { phase: 'online' }, caughtUpAt }))).toEqual(state);
  expect(momentReducer(state, connectionChanged({ connection: { phase: 'connecting' }, caughtUpAt }))).toEqual(empty);
});
