import { expect, test } from 'vitest';
import { directStream, type UserId } from '#protocol/ids.ts';
import { connectionChanged } from './connection.ts';
import { presenceReducer, presenceReceived, typingReceived, type PresenceState } from './presence.ts';

const [ann, bob] = ['ann', 'bob'] as [UserId, UserId];
const stream = directStream(ann, bob);
const empty: PresenceState = { typing: {}, people: {} };

test('[LV7] a person who types is listed once, and removed when they stop', () => {
  const on = typingReceived({ stream, userId: bob, on: true });
  const typing = [on, on].reduce(presenceReducer, empty);
  expect(typing.typing).toEqual({ [stream]: [bob] });
  expect(presenceReducer(typing, typingReceived({ stream, userId: bob, on: false }))).toEqual(empty);
});

test('[LV8] typing and presence are dropped with the connection', () => {
  const here = { userId: bob, online: true };
  const state = [presenceReceived(here), typingReceived({ stream, userId: bob, on: true })].reduce(
    presenceReducer,
    empty,
  );
  expect(state.people).toEqual({ bob: here });
  const caughtUpAt = null;
  expect(presenceReducer(state, connectionChanged({ connection: { phase: 'online' }, caughtUpAt }, 0))).toEqual(state);
  expect(presenceReducer(state, connectionChanged({ connection: { phase: 'connecting' }, caughtUpAt }, 0))).toEqual(
    empty,
  );
});
