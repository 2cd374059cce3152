import { expect, test } from 'vitest';
import { mayHaveMarkup, withoutMarkup } from '#protocol/markup.ts';
import { markupSign } from './markup-shortcuts.ts';
import { type Mark, parseMarkup } from './parse-markup.ts';

/** The marks in one line: `<bold>…</bold>`. */
const shown = (marks: readonly Mark[]): string =>
  marks
    .map((mark) => {
      if (mark.kind === 'text') return mark.text;
      if (mark.kind === 'code') return `<code>${mark.text}</code>`;
      if (mark.kind === 'block') return `<block ${mark.language}>${mark.text}</block>`;
      if (mark.kind === 'list')
        return `<list ${mark.start ?? ''}>${mark.items.map((item) => `<item>${shown(item)}</item>`).join('')}</list>`;
      const more = mark.kind === 'link' ? ` ${mark.href}` : '';
      return `<${mark.kind}${more}>${shown(mark.children)}</${mark.kind}>`;
    })
    .join('');
const read = (text: string) => shown(parseMarkup(text));

test('[SEC-47] bold, italic, struck and hidden words, code, quotes, lists and links are read as people type them', () => {
  const cases: Record<string, string> = {
    'a **b** c': 'a <bold>b</bold> c',
    '*a* and _b_': '<italic>a</italic> and <italic>b</italic>',
    '**a *b* c**': '<bold>a <italic>b</italic> c</bold>',
    '~~gone~~': '<strike>gone</strike>',
    'the end: ||she wins||!': 'the end: <spoiler>she wins</spoiler>!',
    'run `npm start` now': 'run <code>npm start</code> now',
    '```ts\nconst a = 1;\n  b\n```\nafter': '<block ts>const a = 1;\n  b</block>after',
    '> said\n> this\n\nanswer': '<quote>said\nthis</quote>\nanswer',
    '- one\n- two **b**': '<list ><item>one</item><item>two <bold>b</bold></item></list>',
    '3. three\n4. four': '<list 3><item>three</item><item>four</item></list>',
    'see [the map](https://a.example/b)': 'see <link https://a.example/b>the map</link>',
  };
  for (const [text, wanted] of Object.entries(cases)) {
    expect([text, mayHaveMarkup(text)]).toEqual([text, true]);
    expect([text, read(text)]).toEqual([text, wanted]);
  }
});

test('[SEC-47] text that is not closed, or only looks like markup, keeps every character', () => {
  const texts = [
    '2*3*4 = 24',
    'snake_case_name',
    '**open',
    'a ` b',
    '¯\\_(ツ)_/¯ and **',
    '>:(',
    '# not a heading',
    '---',
    'a\n===',
    '<b>html</b> &amp; <img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](data:text/html,y)',
    '[x](https://me@evil.example)',
    '[a]: https://a.example',
    '```\nopen block',
    '-',
    '    four blanks',
    '  two blanks\n      and six *',
    'a\n\n\nb *',
    '~single~',
    '|| ||',
  ];
  for (const text of texts) expect(read(text)).toBe(text);
});

test('[SEC-47] a text without markup is never parsed, and one full of signs costs little and stays unchanged', () => {
  for (const text of ['See you at 8 - bring 2 * 3 m of rope', 'a_b', 'https://a.example/x?y=1', '5 > 3', '*'])
    expect([text, mayHaveMarkup(text)]).toEqual([text, false]);
  expect(mayHaveMarkup('*a '.repeat(2_600))).toBe(false);
  const deep = `${'> '.repeat(200)}here`;
  expect(read(deep)).toContain('here');
  expect(read(deep).split('<quote>').length).toBeLessThan(12);
  const many = '*a **b '.repeat(70);
  expect(read(many).replaceAll(/<[^>]*>|[*]/g, '')).toBe(many.replaceAll('*', ''));
});

/** The words of the marks, with a sign in place of hidden ones. */
const wordsOf = (marks: readonly Mark[]): string =>
  marks
    .map((mark) => {
      if (mark.kind === 'spoiler') return '▒▒▒▒';
      if ('text' in mark) return mark.text;
      if (mark.kind !== 'list') return wordsOf(mark.children);
      const bullet = (at: number) => (mark.start === undefined ? '•' : `${mark.start + at}.`);
      return mark.items.map((item, at) => `${bullet(at)} ${wordsOf(item)}`).join('\n');
    })
    .join('');

const hiddenIn = (marks: readonly Mark[]): string =>
  marks
    .map((mark) => {
      if (mark.kind === 'spoiler') return wordsOf(mark.children);
      return mark.kind === 'list'
        ? mark.items.map(hiddenIn).join('')
        : 'children' in mark
          ? hiddenIn(mark.children)
          : '';
    })
    .join('');

test('[SEC-47] a preview has the words of the drawn message, and never the hidden ones', () => {
  const line = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  let seed = 7;
  const pick = (count: number) => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) % count;
  const signs = [
    '*',
    '**',
    '_',
    '__',
    '~~',
    '`',
    '||',
    '||',
    '\n',
    '> ',
    '- ',
    '\\',
    '(',
    '.',
    ' ',
    ' ',
    'a',
    '2',
    '[x](https://a.example)',
  ];
  let hidden = 0;
  const told: string[] = [];
  for (let round = 0; round < 4_000; round += 1) {
    const text = Array.from({ length: 4 + pick(12) }, (_, at) =>
      pick(6) === 0 ? `S${at}Q` : signs[pick(signs.length)],
    ).join('');
    const secrets = hiddenIn(parseMarkup(text)).match(/S\d+Q/g) ?? [];
    hidden += secrets.length;
    const said = mayHaveMarkup(text) ? withoutMarkup(text) : '';
    if (secrets.some((secret) => said.includes(secret))) told.push(text);
  }
  expect(hidden).toBeGreaterThan(100);
  expect(told).toEqual([]);
  const pairs = ['**', '*', '_', '~~', '', '||'];
  for (let round = 0; round < 500; round += 1) {
    const words = Array.from({ length: 6 }, () => {
      const pair = pairs[pick(pairs.length)];
      return `${pair}${['word', 'two words', 'x', '8'][pick(4)]}${pair}`;
    });
    const text = `${['', '> ', '- ', '1. '][pick(4)]}${words.join(' ')}`;
    expect(line(withoutMarkup(text))).toBe(line(wordsOf(parseMarkup(text))));
  }
});

test('the shortcuts known from other apps put markup around the selected words', () => {
  const press = (key: string, more: object = {}) =>
    markupSign({ key, shiftKey: false, altKey: false, ctrlKey: true, metaKey: false, ...more });
  expect([press('b'), press('I'), press('e'), press('X', { shiftKey: true })]).toEqual(['**', '_', '`', '~~']);
  expect(press('b', { ctrlKey: false, metaKey: true })).toBe('**');
  expect([press('b', { ctrlKey: false }), press('b', { altKey: true }), press('x'), press('v')]).toEqual(
    Array.from({ length: 4 }),
  );
});
