import { expect, test } from 'vitest';
import { type Unblocking, isAppleMobile, unblockingIn } from './unblocking.ts';

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const browsers: [Unblocking, string, { touch?: number; isInstalled?: boolean }?][] = [
  ['chrome', `${MAC} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36`],
  [
    'chrome',
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
  ],
  ['installed', `${MAC} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36`, { isInstalled: true }],
  ['firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ['android', 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0'],
  [
    'android',
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36',
  ],
  ['safari', `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`],
  ['ios', `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`, { touch: 5 }],
  [
    'ios',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML) Version/18.5 Safari/604.1',
  ],
];

test('a person who refused notifications is told where this browser allows them again', () => {
  for (const [expected, userAgent, { touch = 0, isInstalled = false } = {}] of browsers)
    expect({ userAgent, found: unblockingIn({ userAgent, maxTouchPoints: touch, isInstalled }) }).toEqual({
      userAgent,
      found: expected,
    });
});

test('an iPad that claims to be a Mac is recognised by its touch screen', () => {
  expect(isAppleMobile({ userAgent: MAC, maxTouchPoints: 5 })).toBe(true);
  expect(isAppleMobile({ userAgent: MAC, maxTouchPoints: 0 })).toBe(false);
});
