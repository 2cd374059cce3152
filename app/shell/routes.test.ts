import { expect, test } from 'vitest';
import { detailsPath, paths } from '#app/links/paths.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { directStream, groupStream, type UserId } from '#protocol/ids.ts';
import { routeOf } from './routes.ts';

test('the paths of a chat and of its details lead to them, and contain no dot', () => {
  const direct = directStream('Zed' as UserId, 'a_b-C' as UserId);
  const group = groupStream('01890000-0000-7000-8000-000000000000');
  for (const stream of [direct, group]) {
    expect(chatPath(stream)).not.toContain('.');
    expect(routeOf(chatPath(stream), 'signed-in')).toEqual({ page: 'chat', stream, isDetails: false });
    expect(routeOf(detailsPath(stream), 'signed-in')).toEqual({ page: 'chat', stream, isDetails: true });
  }
});

test('a link whose id was written in capitals leads to the same group', () => {
  const stream = groupStream('01890000-0000-7000-8000-0000000000ab');
  const path = chatPath(stream).replace(/[^/]+$/, (id) => id.toUpperCase());
  expect(routeOf(path, 'signed-in')).toEqual({ page: 'chat', stream, isDetails: false });
});

test('a person whose id is a word that is used in paths has a chat like everybody else', () => {
  const stream = directStream('a' as UserId, 'details' as UserId);
  expect(routeOf('/chat/d/a/details', 'signed-in')).toEqual({ page: 'chat', stream, isDetails: false });
});

test('each page is for people who are signed in, for those who are signed out, or for anybody', () => {
  const pages = Object.values(paths).map((path) => [
    path,
    routeOf(path, 'signed-in'),
    routeOf(path, 'signed-out'),
    routeOf(path, 'anybody'),
  ]);
  expect(pages).toEqual([
    ['/', { page: 'list' }, undefined, undefined],
    ['/new', { page: 'new-chat' }, undefined, undefined],
    ['/settings', { page: 'settings' }, undefined, undefined],
    ['/administration', { page: 'administration' }, undefined, undefined],
    ['/outbox', { page: 'outbox' }, undefined, undefined],
    ['/sign-up', undefined, { page: 'sign-up' }, undefined],
    ['/forgotten-password', undefined, { page: 'forgotten-password' }, undefined],
    ['/reset-password', undefined, undefined, { page: 'reset-password' }],
    ['/verify-email', undefined, undefined, { page: 'verify-email' }],
  ]);
});

test('a path that names no page has no route', () => {
  for (const path of [
    '',
    '/chat',
    '/chat/g/x',
    '/chat/d/b/a',
    '/chat/d/a',
    '/chat/x/a/b',
    '/chat/d/a/b/c',
    '/chat/g/../x',
    '/details',
    '/new/details',
    '/join/',
    '/u/',
  ]) {
    expect(routeOf(path, 'signed-in'), path).toBeUndefined();
  }
});

test('a link that was cut off still has its page, which says that it leads nowhere', () => {
  expect(routeOf('/join/cut-short', 'signed-in')).toEqual({ page: 'link', path: '/join/cut-short' });
});

test('a link to a person leads to them', () => {
  expect(routeOf('/u/0123456789abcdef01234567', 'signed-in')).toEqual({
    page: 'link',
    path: '/u/0123456789abcdef01234567',
  });
});
