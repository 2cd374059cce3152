import { beforeAll, expect, test } from 'vitest';
import { accountProblemWords, linkProblemWords } from './account-change-words.ts';
import { signInProblemWords } from './account-words.ts';
import { activateAllWords } from './testing/all-words.fixture.ts';
import { words } from './words.ts';

beforeAll(() => activateAllWords());

test.each([
  [{ kind: 'offline' } as const, 'can’t be reached'],
  [{ kind: 'silent' } as const, 'hasn’t answered'],
  [{ kind: 'rate-limited', retryAfterMs: 6500 } as const, 'Wait 7 seconds'],
  [{ kind: 'rate-limited' } as const, 'Wait a little'],
  [{ kind: 'server' } as const, 'went wrong on the server'],
  [{ kind: 'no-session' } as const, 'sign in instead'],
  [{ kind: 'obstacle', obstacle: 'page' } as const, 'Another page answers'],
  [{ kind: 'obstacle', obstacle: 'gateway' } as const, 'isn’t available'],
  [{ kind: 'obstacle', obstacle: 'address' } as const, 'PUBLIC_URL'],
  [
    { kind: 'refused', status: 422, code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL' } as const,
    'account with this email already exists',
  ],
  [{ kind: 'refused', status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' } as const, 'Wrong email or password'],
  [{ kind: 'refused', status: 400, code: 'PASSWORD_TOO_SHORT' } as const, 'too short'],
  [{ kind: 'refused', status: 400, code: 'constructor' } as const, 'rejected'],
  [{ kind: 'refused', status: 403 } as const, 'rejected'],
])('signing in: %o has its own sentence', (problem, part) => {
  expect(signInProblemWords(problem, words)).toContain(part);
});

test.each([
  [{ kind: 'offline' } as const, 'Check your connection'],
  [{ kind: 'silent' } as const, 'hasn’t answered'],
  [{ kind: 'rate-limited' } as const, 'Wait a little'],
  [{ kind: 'refused', status: 400, code: 'INVALID_PASSWORD' } as const, 'The current password is wrong'],
  [{ kind: 'refused', status: 400, code: 'INVALID_NAME' } as const, 'at most 100 characters'],
  [{ kind: 'refused', status: 401 } as const, 'rejected'],
])('changing an account: %o has its own sentence', (problem, part) => {
  expect(accountProblemWords(problem, words)).toContain(part);
});

test.each([
  [{ kind: 'offline' } as const, 'The server can’t be reached. Try again once you’re connected.'],
  [{ kind: 'silent' } as const, 'The server hasn’t answered. Try again in a moment.'],
  [{ kind: 'refused', status: 400, code: 'INVALID_TOKEN' } as const, 'This link no longer works.'],
])('a link in a mail: %o has its own sentence', (problem, part) => {
  expect(linkProblemWords(problem, words)).toContain(part);
});
