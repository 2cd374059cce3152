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

test('[OP15] the admin who joined first takes over, else the member who did', () => {
  const successor = (...members: ReturnType<typeof member>[]) => successorOf([owner, ...members], owner.userId)?.userId;
  expect(successor(member('ana', 'admin', later), member('bo', 'member', older))).toBe('ana');
  expect(successor(member('ana', 'member', later), member('bo', 'member', older))).toBe('bo');
  expect(successor(member('bo', 'member', older), member('ana', 'member', older))).toBe('ana');
  expect(successor()).toBeUndefined();
});

test('[OP15] nobody who has left takes over, and one who is only queued here comes last', () => {
  const gone = member('ana', 'admin', older, later);
  expect(successorOf([owner, gone, member('bo', 'member'), member('cy', 'member', later)], owner.userId)?.userId).toBe(
    'cy',
  );
});
