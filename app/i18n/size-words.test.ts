import { beforeAll, expect, it } from 'vitest';
import { sizeWords } from './size-words.ts';
import { activateLanguage } from './words.ts';

// Another test file may have left another language active.
beforeAll(() => activateLanguage('en'));

it('counts bytes in words, and larger sizes in short units', () => {
  expect([1, 812, 2_400, 1_240_000].map(sizeWords)).toEqual(['1 byte', '812 bytes', '2 kB', '1.2 MB']);
});
