import { expect, test } from 'vitest';
import { keepParts, sharedParts } from './shared-parts.ts';

const page = () => ({
  start: 3,
  opening: undefined,
  messages: [
    { id: 'a', seq: 3, reactions: { '👍': ['ana'] } },
    { id: 'b', seq: 4, reactions: {} },
  ],
});

test('a value that was read again without a change is the same object', () => {
  const before = page();
  expect(sharedParts(before, page())).toBe(before);
});

test('changed parts are new, and everything else is the same object', () => {
  const before = page();
  const next = page();
  next.messages[0]?.reactions['👍']?.push('bob');
  const shared = sharedParts(before, next);
  expect(shared).toEqual(next);
  expect(shared).not.toBe(before);
  expect(shared.messages[0]).not.toBe(before.messages[0]);
  expect(shared.messages[1]).toBe(before.messages[1]);
});

test('elements with ids are matched at other places too, and a changed order or length is a change', () => {
  const before = page();
  const [a, b] = before.messages;
  const prepended = sharedParts(before.messages, [{ id: 'z', seq: 2, reactions: {} }, ...page().messages]);
  expect([prepended[1], prepended[2]]).toEqual([a, b]);
  expect(prepended[1]).toBe(a);
  expect(prepended[2]).toBe(b);
  expect(sharedParts(before.messages, page().messages.toReversed())).toEqual([b, a]);
  expect(sharedParts(before.messages, page().messages.slice(0, 1))).toEqual([a]);
});

test('an added or removed key is a change, even if its value is undefined', () => {
  const before: Record<string, unknown> = { leftAt: undefined, name: 'Ana' };
  expect(sharedParts(before, { name: 'Ana' })).toStrictEqual({ name: 'Ana' });
  expect(sharedParts(before, { name: 'Ana', role: 'owner' })).toStrictEqual({ name: 'Ana', role: 'owner' });
  expect(sharedParts<unknown>(null, { name: 'Ana' })).toEqual({ name: 'Ana' });
  expect(sharedParts<unknown>(before, undefined)).toBeUndefined();
});

test('each value is compared with the one before', () => {
  const keep = keepParts<ReturnType<typeof page>>();
  const first = keep(page());
  expect(keep({ ...page(), start: 4 })).not.toBe(first);
  const second = keep({ ...page(), start: 4 });
  expect(keep({ ...page(), start: 4 })).toBe(second);
  expect(second.messages).toBe(first.messages);
});
