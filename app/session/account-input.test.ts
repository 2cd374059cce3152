import { expect, test } from 'vitest';
import { checkAccount } from './account-input.ts';

const fine = { name: 'Ana', email: 'ana@example.org', password: 'correct horse' };

test('invalid fields are reported before anything is sent', () => {
  expect(checkAccount(fine, 'sign-up')).toEqual({});
  expect(checkAccount({ name: '  ', email: 'ana', password: 'short' }, 'sign-up')).toEqual({
    name: 'account.emptyName',
    email: 'account.email',
    password: 'account.short',
  });
  expect(checkAccount({ ...fine, name: '\u2063' }, 'sign-up')).toEqual({ name: 'account.emptyName' });
  expect(checkAccount({ ...fine, name: 'x'.repeat(101), password: 'x'.repeat(129) }, 'sign-up')).toEqual({
    name: 'account.name',
    password: 'account.long',
  });
});

test('signing in does not check the length of a password, which may have been set elsewhere', () => {
  expect(checkAccount({ name: '', email: ' ana@example.org ', password: 'old' }, 'sign-in')).toEqual({});
  expect(checkAccount({ name: '', email: 'ana@example.org', password: '' }, 'sign-in')).toEqual({
    password: 'account.emptyPassword',
  });
});
