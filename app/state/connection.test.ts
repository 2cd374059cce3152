import { expect, test } from 'vitest';
import type { ConnectionStatus } from '#app/sync/status.ts';
import { connectionChanged, connectionEnded, connectionReducer, phaseLasted, shownConnection } from './connection.ts';

const catchingUp: ConnectionStatus = { phase: 'catching-up', streamsDone: 1, streamsTotal: 3 };
const changed = (connection: ConnectionStatus, at = 0) => connectionChanged({ connection, caughtUpAt: 5 }, at);
const stateAfter = (...actions: Parameters<typeof connectionReducer>[1][]) =>
  actions.reduce(connectionReducer, connectionReducer(undefined, connectionEnded()));
const shownAfter = (...actions: Parameters<typeof connectionReducer>[1][]) =>
  shownConnection({ connection: stateAfter(...actions) });

test('a phase is shown once it has lasted, with everything that is known about it', () => {
  expect(shownAfter(changed(catchingUp))).toEqual({ phase: 'online' });
  expect(shownAfter(changed(catchingUp), phaseLasted('catching-up'))).toEqual(catchingUp);
  expect(shownAfter(changed(catchingUp), phaseLasted('catching-up'), changed({ phase: 'online' }))).toEqual({
    phase: 'online',
  });
});

test('a device that was offline is shown as offline until another phase has lasted', () => {
  const actions = [changed({ phase: 'offline' }), phaseLasted('offline'), changed({ phase: 'connecting' })];
  expect(shownAfter(...actions)).toEqual({ phase: 'offline' });
  expect(shownAfter(...actions, phaseLasted('connecting'))).toEqual({ phase: 'connecting' });
});

test('the time of the loss is that of the first phase without a connection, and ends with the next connection', () => {
  const lost = [changed(catchingUp, 10), changed({ phase: 'connecting' }, 20), changed({ phase: 'offline' }, 30)];
  expect(stateAfter(...lost).lostAt).toBe(20);
  expect(stateAfter(...lost, changed(catchingUp, 40)).lostAt).toBeNull();
  expect(stateAfter(changed({ phase: 'offline' }, 10), changed({ phase: 'connecting' }, 20)).lostAt).toBeNull();
});
