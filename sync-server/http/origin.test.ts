import { describe, expect, test } from 'vitest';
import { isOwnOrigin } from './origin.ts';

describe('[HT1] [SEC-40] without PUBLIC_URL the own origin is the one that the request was sent to', () => {
  test.each<[string | undefined, string | undefined, boolean]>([
    [undefined, 'chat.example:3000', true],
    ['http://chat.example:3000', 'chat.example:3000', true],
    ['https://chat.example', 'chat.example', true],
    ['http://CHAT.example:3000', 'chat.example:3000', false],
    ['http://chat.example:3000/', 'chat.example:3000', false],
    ['http://chat.example', 'chat.example:3000', false],
    ['http://chat.example:3000', undefined, false],
    ['http://chat.example:3000', '', false],
    ['http://chat.example:3000', 'a b', false],
    ['null', 'chat.example:3000', false],
    ['', 'chat.example:3000', false],
    ['chat.example:3000', 'chat.example:3000', false],
    ['http://evil.example', 'chat.example:3000', false],
    ['http://chat.example.evil.example:3000', 'chat.example:3000', false],
    ['http://chat.example@evil.example:3000', 'chat.example:3000', false],
    ['http://evil.example, http://chat.example:3000', 'chat.example:3000', false],
    ['http://localhost:3000', '127.0.0.1:3000', true],
    ['http://127.0.0.1:3000', '[::1]:3000', true],
    ['http://[::1]:3000', 'localhost:3000', true],
    ['http://localhost:3001', 'localhost:3000', false],
    ['http://127.0.0.1.evil.example:3000', '127.0.0.1:3000', false],
    ['http://localhost.evil.example:3000', 'localhost:3000', false],
  ])('%s of a request to %s: %s', (origin, host, isOwn) => {
    expect(isOwnOrigin(origin, host)).toBe(isOwn);
  });
});

describe('[HT1] [SEC-21] [SEC-40] with PUBLIC_URL the own origin is that one, whatever the request says', () => {
  test.each<[string | undefined, string | undefined, boolean]>([
    [undefined, 'evil.example', true],
    ['https://chat.example', 'chat.example', true],
    ['https://chat.example', '10.0.0.1:3000', true],
    ['http://chat.example', 'chat.example', false],
    ['https://chat.example:8443', 'chat.example:8443', false],
    ['https://evil.example', 'evil.example', false],
    ['http://localhost:3000', 'localhost:3000', false],
    ['null', 'chat.example', false],
  ])('%s of a request to %s: %s', (origin, host, isOwn) => {
    expect(isOwnOrigin(origin, host, 'https://chat.example')).toBe(isOwn);
  });
});
