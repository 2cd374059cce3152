import { expect, it } from 'vitest';
import { isCommonPassword } from './common-passwords.ts';

it('[SEC-30] recognises the passwords that guesses start with, in any case and with the usual endings', () => {
  for (const password of [
    'password',
    'Password1!',
    '12345678',
    'iloveyou2024',
    'aaaaaaaa',
    'abcabcabc',
    'TeamLink1',
    'qwertyuiop',
  ])
    expect([password, isCommonPassword(password)]).toEqual([password, true]);
});

it('[SEC-30] accepts long or unusual passwords', () => {
  for (const password of [
    'a long password',
    'correct horse battery',
    'teamlinkisnice',
    'Mv7!kq2x',
    'ein gutes Wort',
    'пароль для чата',
  ])
    expect([password, isCommonPassword(password)]).toEqual([password, false]);
});
