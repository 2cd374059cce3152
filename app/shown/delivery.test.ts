import { expect, test } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { deliveryOf } from './delivery.ts';

const self = 'me' as UserId;
const member = (userId: string, marks: { readSeq?: number; deliveredSeq?: number; leftAt?: string } = {}) => ({
  userId: userId as UserId,
  ...marks,
});

test('a direct chat follows the other person’s marks; read implies delivered', () => {
  expect(deliveryOf({ seq: 5 }, [member('me'), member('b')], self)).toBe('sent');
  expect(deliveryOf({ seq: 5 }, [member('me'), member('b', { deliveredSeq: 5 })], self)).toBe('delivered');
  expect(deliveryOf({ seq: 5 }, [member('me'), member('b', { deliveredSeq: 9, readSeq: 4 })], self)).toBe('delivered');
  expect(deliveryOf({ seq: 5 }, [member('me'), member('b', { readSeq: 5 })], self)).toBe('read');
});

test('a message in a group is read when everybody who is still a member has read it', () => {
  const members = [member('me'), member('b', { readSeq: 7 }), member('c', { deliveredSeq: 7 })];
  expect(deliveryOf({ seq: 7 }, members, self)).toBe('delivered');
  expect(deliveryOf({ seq: 7 }, [...members, member('d')], self)).toBe('sent');
  expect(
    deliveryOf({ seq: 7 }, [...members.slice(0, 2), member('c', { leftAt: '2026-01-01T00:00:00.000Z' })], self),
  ).toBe('read');
});

test('[RD3] above 50 people, marks that were shared earlier are ignored', () => {
  const members = [member('me'), ...Array.from({ length: 50 }, (_, at) => member(`u${at}`, { readSeq: 9 }))];
  expect(deliveryOf({ seq: 1 }, members, self)).toBe('sent');
  expect(deliveryOf({ seq: 1 }, members.slice(0, 50), self)).toBe('read');
});

test('notes to oneself stay `sent`, because nobody else reads them', () => {
  expect(deliveryOf({ seq: 1 }, [member('me', { readSeq: 1 })], self)).toBe('sent');
});
