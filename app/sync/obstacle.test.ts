import { expect, test } from 'vitest';
import { obstacleOf } from './obstacle.ts';

const refusal = (path?: string) => ({
  error: { code: 'forbidden', message: '…', ...(path === undefined ? {} : { path }) },
});

test.each([
  ['a redirect, as browsers show it', { type: 'opaqueredirect', status: 0 }, undefined, 'page'],
  ['a redirect, as Node shows it', { type: 'basic', status: 302 }, null, 'page'],
  ['a page instead of an answer', { type: 'basic', status: 200 }, undefined, 'page'],
  ['a page for those who are not signed in there', { type: 'basic', status: 401 }, undefined, 'page'],
  ['a network that asks for a sign-in', { type: 'basic', status: 511 }, undefined, 'page'],
  ['a proxy without its server', { type: 'basic', status: 502 }, undefined, 'gateway'],
  ['our server, set up for another address', { type: 'basic', status: 403 }, refusal('origin'), 'address'],
  ['our server, which refuses', { type: 'basic', status: 403 }, refusal(), undefined],
  [
    'our server, without a session',
    { type: 'basic', status: 401 },
    { error: { code: 'unauthorized', message: '' } },
    undefined,
  ],
  ['our server', { type: 'basic', status: 200 }, null, undefined],
] as const)('%s', (_name, response, body, obstacle) => {
  expect(obstacleOf(response, body)).toBe(obstacle);
});
