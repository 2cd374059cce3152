import { expect, test } from 'vitest';
import { directStream, groupStream, type UserId } from '#protocol/ids.ts';
import type { Role } from '#protocol/record.ts';
import { offeredIn, offeredOn } from './offered-actions.ts';

const group = groupStream('01890000-0000-7000-8000-000000000001');
const direct = directStream('me' as UserId, 'other' as UserId);
const me = (role: Role) => ({ userId: 'me' as UserId, role });
const other = (role: Role) => ({ userId: 'other' as UserId, role });

test('[OP11] [OP12] admins and the owner can change a group and add people; a direct chat offers neither', () => {
  const actors = [me('owner'), me('admin'), me('member'), undefined];
  expect(actors.map((actor) => offeredIn(group, actor).change)).toEqual([true, true, false, false]);
  expect(actors.map((actor) => offeredIn(group, actor).add)).toEqual([true, true, false, false]);
  expect(actors.map((actor) => offeredIn(group, actor).leave)).toEqual([true, true, true, false]);
  expect(offeredIn(direct, me('member'))).toEqual({ change: false, add: false, leave: false });
});

test('[OP13] [OP14] an admin may remove members, the owner may remove anybody, and only the owner may give roles', () => {
  expect(offeredOn(group, me('owner'), other('admin'))).toEqual(['make-member', 'make-owner', 'remove']);
  expect(offeredOn(group, me('owner'), other('member'))).toEqual(['make-admin', 'make-owner', 'remove']);
  expect(offeredOn(group, me('admin'), other('member'))).toEqual(['remove']);
  for (const role of ['owner', 'admin'] as const) expect(offeredOn(group, me('admin'), other(role))).toEqual([]);
  expect(offeredOn(group, me('member'), other('member'))).toEqual([]);
  expect(offeredOn(direct, me('owner'), other('member'))).toEqual([]);
  expect(offeredOn(group, me('owner'), me('owner'))).toEqual([]);
});
