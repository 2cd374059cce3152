import { expect, test } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { receiptsOf } from './receipts.ts';

const self = 'me' as UserId;
const member = (userId: string, marks: { readSeq?: number; deliveredSeq?: number; leftAt?: string } = {}) => ({
  userId: userId as UserId,
  ...marks,
});

test('[RD2] the other members are listed by whether they have read or received a message', () => {
  const members = [
    member('me', { readSeq: 9 }),
    member('reader', { readSeq: 7 }),
    member('holder', { readSeq: 6, deliveredSeq: 8 }),
    member('away', { deliveredSeq: 6 }),
    member('gone', { leftAt: '2026-01-01T00:00:00.000Z', readSeq: 9 }),
  ];
  expect(receiptsOf({ seq: 7 }, members, self)).toEqual({ read: ['reader'], delivered: ['holder'], neither: ['away'] });
});

test('[RD3] nothing is listed if no marks are shared', () => {
  expect(receiptsOf({ seq: 1 }, [member('me')], self)).toBeUndefined();
  const many = [member('me'), ...Array.from({ length: 50 }, (_, at) => member(`u${at}`, { readSeq: 9 }))];
  expect(receiptsOf({ seq: 1 }, many, self)).toBeUndefined();
  expect(receiptsOf({ seq: 1 }, many.slice(0, 50), self)?.read).toHaveLength(49);
});
