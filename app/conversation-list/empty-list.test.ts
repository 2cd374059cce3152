import { expect, test } from 'vitest';
import { emptyList } from './empty-list.ts';

test('the list says that there are no chats only once the device has had everything, and that the device is offline only if it reports that', () => {
  expect(emptyList(true, 'online')).toBe('emptyLoading');
  expect(emptyList(true, 'catching-up')).toBe('emptyLoading');
  expect(emptyList(true, 'connecting')).toBe('emptyConnecting');
  expect(emptyList(true, 'offline')).toBe('emptyOffline');
  expect(emptyList(true, 'refused')).toBe('emptyConnecting');
  for (const phase of ['online', 'catching-up', 'connecting', 'offline', 'refused'] as const)
    expect(emptyList(false, phase)).toBe('empty');
});
