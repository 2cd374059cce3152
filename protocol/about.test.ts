import { expect, test } from 'vitest';
import { AboutLine, MAX_ABOUT, MAX_ABOUT_UNITS } from './about.ts';
import { parse } from './shape.ts';

const read = (line: string) => {
  const parsed = parse(AboutLine, line, 'about');
  return parsed.ok ? parsed.value : `${parsed.error.code} ${parsed.error.path}`;
};

test('[RC6] the line about a person is cleaned like a name: one line, without marks that turn or hide it', () => {
  expect(read('  On call\n until  five ')).toBe('On call until five');
  expect(read('\u202Eover\u202C the\u200B bridge')).toBe('over the bridge');
  expect(read(' \u200B\u2066 ')).toBeNull();
  expect(read('\uD800')).toBe('invalid about');
});

test('[RC6] it has at most 140 characters, however many code units an emoji has, and a limit on code units too', () => {
  expect(read('🙂'.repeat(MAX_ABOUT))).toBe('🙂'.repeat(MAX_ABOUT));
  expect(read('a'.repeat(MAX_ABOUT + 1))).toBe('invalid about');
  expect(read(`a${'\u0323'.repeat(MAX_ABOUT_UNITS)}`)).toBe('too_large about');
});
