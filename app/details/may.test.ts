import { expect, test } from 'vitest';
import { offeredIn, offeredOn } from './may.ts';

test('[OP11] [OP12] admin and owner are offered changes and additions, and only in a group', () => {
  const roles = ['owner', 'admin', 'member', undefined] as const;
  expect(roles.map((role) => offeredIn(true, role).change)).toEqual([true, true, false, false]);
  expect(roles.map((role) => offeredIn(true, role).add)).toEqual([true, true, false, false]);
  expect(offeredIn(false, 'member')).toEqual({ change: false, add: false, leave: false });
});

test('[OP13] [OP14] an admin removes members, the owner everybody, and only the owner gives roles', () => {
  expect(offeredOn(true, 'owner', 'admin')).toEqual(['make-member', 'make-owner', 'remove']);
  expect(offeredOn(true, 'owner', 'member')).toEqual(['make-admin', 'make-owner', 'remove']);
  expect(offeredOn(true, 'admin', 'member')).toEqual(['remove']);
  for (const other of ['owner', 'admin'] as const) expect(offeredOn(true, 'admin', other)).toEqual([]);
  expect(offeredOn(true, 'member', 'member')).toEqual([]);
  expect(offeredOn(false, 'owner', 'member')).toEqual([]);
});
