import { expect, test } from 'vitest';
import type { UserId } from './ids.ts';
import { successorOf } from './policies.ts';
import type { Role } from './record.ts';

const member = (userId: string, role: Role, joinedAt?: string, leftAt?: string) => ({
  userId: userId as UserId,
  role,
  ...(joinedAt === undefined ? {} : { joinedAt }),
  ...(leftAt === undefined ? {} : { leftAt }),
});
const [older, later] = ['2026-11-19T10:00:00.000Z', '2026-11-20T10:00:00.000Z'];
const owner = member('me', 'owner', older);

test('[OP15] the admin who joined first becomes the owner or, without admins, the member who joined first', () => {
  const successor = (...members: ReturnType<typeof member>[]) => successorOf([owner, ...members], owner.userId)?.userId;
  expect(successor(member('ana', 'admin', later), member('bo', 'member', older))).toBe('ana');
  expect(successor(member('ana', 'member', later), member('bo', 'member', older))).toBe('bo');
  expect(successor(member('bo', 'member', older), member('ana', 'member', older))).toBe('ana');
  expect(successor()).toBeUndefined();
});

test('[OP15] a member who has left never becomes the owner, and one who is not confirmed yet comes last', () => {
  const gone = member('ana', 'admin', older, later);
  expect(successorOf([owner, gone, member('bo', 'member'), member('cy', 'member', later)], owner.userId)?.userId).toBe(
    'cy',
  );
});
