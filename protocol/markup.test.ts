import { expect, test } from 'vitest';
import { withoutMarkup } from './markup.ts';

test('[SEC-47] the words of a message remain when its markup is removed', () => {
  const cases: Record<string, string> = {
    'a **b** c': 'a b c',
    '***both*** and *a* _b_ __c__': 'both and a b c',
    '**a *b* c** ~~gone~~': 'a b c gone',
    '**run `npm *i*` now**': 'run npm *i* now',
    'first `a`\n```ts\nconst a = **1**;\n```\nthen `b`': 'first a\nconst a = **1**;\nthen b',
    '> said\n> > this\n\nanswer': 'said\nthis\n\nanswer',
    '- one\n- two **b**': '• one\n• two b',
    '1. one\n2. two': '1. one\n2. two',
    'see [the map](https://a.example/b)': 'see the map',
  };
  for (const [text, plain] of Object.entries(cases)) expect([text, withoutMarkup(text)]).toEqual([text, plain]);
});

test('[SEC-47] hidden words are never among the remaining ones', () => {
  expect(withoutMarkup('the end: ||she wins||!')).toBe('the end: ▒▒▒▒!');
  expect(withoutMarkup('||**bold** secret|| and ||`code`||', '[hidden]')).toBe('[hidden] and [hidden]');
  expect(withoutMarkup('**||** x||secret||')).not.toContain('secret');
  expect(withoutMarkup('||a || secret||')).not.toContain('secret');
  expect(withoutMarkup('y` ||secret|| `z`')).not.toContain('secret');
  // Unclosed ones are not hidden in the drawn message either.
  expect(withoutMarkup('either || or, a || b')).toBe('either || or, a || b');
});

test('[SEC-47] text that is not closed, or only looks like markup, keeps every character', () => {
  const texts = [
    '2*3*4 = 24',
    'snake_case_name and other_name',
    '**open and * one',
    'a ` b',
    '¯\\_(ツ)_/¯ and **',
    '>:(',
    '[x](javascript:alert(1))',
    '[x](https://me@evil.example)',
    '\\*as it is*',
    '```\nopen block',
    '-',
    'two\n\n*parts\n\nof it*',
  ];
  for (const text of texts) expect(withoutMarkup(text)).toBe(text);
});
