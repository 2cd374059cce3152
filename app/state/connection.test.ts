import { expect, test } from 'vitest';
import type { ConnectionStatus } from '#app/sync/status.ts';
import { connectionChanged, connectionEnded, connectionReducer, phaseLasted, shownConnection } from './connection.ts';

const catchingUp: ConnectionStatus = { phase: 'catching-up', streamsDone: 1, streamsTotal: 3 };
const changed = (connection: ConnectionStatus) => connectionChanged({ connection, caughtUpAt: 5 });
const shownAfter = (...actions: Parameters<typeof connectionReducer>[1][]) =>
  shownConnection({ connection: actions.reduce(connectionReducer, connectionReducer(undefined, connectionEnded())) });

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
