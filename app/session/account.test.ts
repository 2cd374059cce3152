import { beforeAll, expect, test } from 'vitest';
import { activateLanguage, words } from '#app/i18n/words.ts';
import { checkAccount } from './account-input.ts';
import { accountWords } from './account-words.ts';

beforeAll(() => activateLanguage('en'));

const fine = { name: 'Ana', email: 'ana@example.org', password: 'correct horse' };

test('fields that can’t be right are named before anything is sent', () => {
  expect(checkAccount(fine, 'sign-up')).toEqual({});
  expect(checkAccount({ name: '  ', email: 'ana', password: 'short' }, 'sign-up')).toEqual({
    name: 'account.name',
    email: 'account.email',
    password: 'account.short',
  });
  expect(checkAccount({ ...fine, name: 'x'.repeat(101), password: 'x'.repeat(129) }, 'sign-up')).toEqual({
    name: 'account.name',
    password: 'account.long',
  });
});

test('signing in asks no length of a password that was made elsewhere', () => {
  expect(checkAccount({ name: '', email: ' ana@example.org ', password: 'old' }, 'sign-in')).toEqual({});
  expect(checkAccount({ name: '', email: 'ana@example.org', password: '' }, 'sign-in')).toEqual({
    password: 'account.emptyPassword',
  });
});

test.each([
  [{ kind: 'offline' } as const, 'can’t be reached'],
  [{ kind: 'rate-limited', retryAfterMs: 6500 } as const, 'Wait 7 seconds'],
  [{ kind: 'rate-limited' } as const, 'Wait a little'],
  [{ kind: 'server' } as const, 'problem'],
  [{ kind: 'no-session' } as const, 'sign in instead'],
  [
    { kind: 'refused', status: 422, code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL' } as const,
    'account with this email already exists',
  ],
  [{ kind: 'refused', status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' } as const, 'Wrong email or password'],
  [{ kind: 'refused', status: 400, code: 'PASSWORD_TOO_SHORT' } as const, 'too short'],
  [{ kind: 'refused', status: 400, code: 'constructor' } as const, 'rejected'],
  [{ kind: 'refused', status: 403 } as const, 'rejected'],
])('%o has its sentence', (problem, part) => {
  expect(accountWords(problem, words)).toContain(part);
});
