import { expect, test } from 'vitest';
import { directStream, groupStream, type UserId } from '#protocol/ids.ts';
import { chatAt, chatPath, detailsPath, isDetails } from './place.ts';

test('a chat’s path leads back to it, and holds no dot', () => {
  const direct = directStream('Zed' as UserId, 'a_b-C' as UserId);
  const group = groupStream('01890000-0000-7000-8000-000000000000');
  for (const stream of [direct, group]) {
    expect(chatAt(chatPath(stream))).toBe(stream);
    expect(chatPath(stream)).not.toContain('.');
    expect([chatAt(detailsPath(stream)), isDetails(detailsPath(stream)), isDetails(chatPath(stream))]).toEqual([
      stream,
      true,
      false,
    ]);
  }
});

test('a person whose id is a word of paths is no place of its own', () => {
  expect(chatAt('/chat/d/a/details')).toBe(directStream('a' as UserId, 'details' as UserId));
  expect(isDetails('/chat/d/a/details')).toBe(false);
});

test('a path that names no conversation is none', () => {
  for (const path of [
    '/',
    '/chat',
    '/chat/g/x',
    '/chat/d/b/a',
    '/chat/d/a',
    '/chat/x/a/b',
    '/chat/d/a/b/c',
    '/chat/g/../x',
  ]) {
    expect(chatAt(path), path).toBeUndefined();
  }
});
