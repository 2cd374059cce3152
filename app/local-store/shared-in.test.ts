import { expect, test } from 'vitest';
import { sharedText } from './shared-in.ts';

test('what another app shares becomes one text, in which nothing is said twice', () => {
  expect(sharedText('A page', 'Look at this', 'https://a.example')).toBe('A page\nLook at this\nhttps://a.example');
  expect(sharedText('A page', 'A page https://a.example', 'https://a.example')).toBe('A page https://a.example');
  expect(sharedText('https://a.example', '', ' https://a.example ')).toBe('https://a.example');
  expect(sharedText('', '', '')).toBe('');
});
