import type { Role } from '#protocol/record.ts';

/*
 * What is offered, by role; the server decides. [OP11] [OP12] [OP13] [OP14] In a direct chat both are members, so nothing is.
 */

export interface Offered {
  change: boolean;
  add: boolean;
  leave: boolean;
}

export function offeredIn(isGroup: boolean, role: Role | undefined): Offered {
  const isAdmin = isGroup && (role === 'owner' || role === 'admin');
  return { change: isAdmin, add: isAdmin, leave: isGroup && role !== undefined };
}

export type MemberAct = 'make-admin' | 'make-member' | 'make-owner' | 'remove';

/** What somebody with `role` may do to another member of a group. */
export function offeredOn(isGroup: boolean, role: Role | undefined, other: Role): MemberAct[] {
  if (!isGroup || role === undefined || role === 'member') return [];
  if (role === 'admin') return other === 'member' ? ['remove'] : [];
  return [other === 'admin' ? 'make-member' : 'make-admin', 'make-owner', 'remove'];
}
