import { expect, test } from 'vitest';
import { splitAtAddresses } from './web-addresses.ts';

const links = (text: string) => splitAtAddresses(text).flatMap((piece) => (piece.kind === 'link' ? [piece.text] : []));
const hrefs = (text: string) => splitAtAddresses(text).flatMap((piece) => (piece.kind === 'link' ? [piece.href] : []));

test('addresses become links, and the sentence around them does not', () => {
  expect(splitAtAddresses('List is at https://harbour.example/fuses, (see http://a.example/b).')).toEqual([
    { kind: 'text', text: 'List is at ' },
    { kind: 'link', text: 'https://harbour.example/fuses', href: 'https://harbour.example/fuses' },
    { kind: 'text', text: ', (see ' },
    { kind: 'link', text: 'http://a.example/b', href: 'http://a.example/b' },
    { kind: 'text', text: ').' },
  ]);
});

test('an address ends where its sentence continues, in any script', () => {
  const cases: [string, string[]][] = [
    ['請看（https://news.example/p1）', ['https://news.example/p1']],
    ['https://one.example/a，https://two.example/b', ['https://one.example/a', 'https://two.example/b']],
    ['https://q.example/x》', ['https://q.example/x']],
    ['「https://q.example/x」と', ['https://q.example/x']],
    ['https://q.example/x。', ['https://q.example/x']],
    ['انظر https://q.example/x، ثم', ['https://q.example/x']],
    ['https://q.example/x؟', ['https://q.example/x']],
    ['देखें https://q.example/x।', ['https://q.example/x']],
    [
      '“https://q.example/x” „https://q.example/y“ «https://q.example/z»',
      ['x', 'y', 'z'].map((end) => `https://q.example/${end}`),
    ],
    ["'https://q.example/x'", ['https://q.example/x']],
    ['https://q.example/x…', ['https://q.example/x']],
    ['https://q.example/x—and on', ['https://q.example/x']],
    ['[https://q.example/x]: {https://q.example/y}', ['https://q.example/x', 'https://q.example/y']],
    ['(https://q.example/x)y', ['https://q.example/x']],
    ['(see https://q.example/x_(y)), or not', ['https://q.example/x_(y)']],
    ['https://q.example/a（見', ['https://q.example/a']],
    ['*https://q.example/x* _https://q.example/y_', ['https://q.example/x', 'https://q.example/y']],
    ['Is it https://q.example/?a=b&c=[d]?!', ['https://q.example/?a=b&c=[d]']],
  ];
  for (const [text, addresses] of cases) expect([text, links(text)]).toEqual([text, addresses]);
});

test('characters that belong to an address stay in it', () => {
  for (const address of [
    'https://en.example/wiki/Link_(knot)',
    'https://zh.example/wiki/水（化学）',
    'https://q.example/a,b;c:d!e?f.g',
    'https://q.example/a_',
    'https://q.example/a-',
    'https://q.example/?q=c%2B%2B&x=',
    'https://q.example/C++',
    'https://q.example/a/',
    'https://q.example/#',
    'https://en.example/wiki/Michelson–Morley',
    'http://[::1]:8080/a',
    'http://localhost:3000/a',
    'https://ä.example/ü',
    'https://q.example/🙂',
    'HTTPS://Q.example/a',
  ])
    expect([address, links(`see ${address}, and`)]).toEqual([address, [address]]);
});

test('bare domains and email addresses are links too, and words with a dot are not', () => {
  expect(hrefs('see harbour.example/fuses?a=1, www.q.example or Q.com. Or mira@harbour.example!')).toEqual([
    'https://harbour.example/fuses?a=1',
    'https://www.q.example/',
    'https://q.com/',
    'mailto:mira@harbour.example',
  ]);
  expect(links('t.me/harbour bit.ly/x (q.org) münchen.de:8080/a a.b+c@münchen.example')).toEqual([
    't.me/harbour',
    'bit.ly/x',
    'q.org',
    'münchen.de:8080/a',
    'a.b+c@münchen.example',
  ]);
  for (const text of [
    'Done.So we go. e.g. this, z.B. das, 10.30 Uhr, 3.com... node.js readme.md main.rs Klar.es geht',
    '@harbour.com a@b harbour.com@evil v1.2.3 192.168.1.1 foo..com -a.com/',
    'x=harbour.com ../harbour.com C:harbour.com',
  ])
    expect([text, links(text).filter((link) => link !== '3.com')]).toEqual([text, []]);
});

test('an address that looks like another one is shown in its encoded form', () => {
  expect(splitAtAddresses('http://pаypal.example/login')).toEqual([
    { kind: 'link', text: 'http://xn--pypal-4ve.example/login', href: 'http://xn--pypal-4ve.example/login' },
  ]);
  expect(links('pаypal.example')).toEqual(['xn--pypal-4ve.example']);
  expect(links('mira@pаypal.example')).toEqual(['mira@xn--pypal-4ve.example']);
  expect(links('https://safe.example/\u202Etxt.exe')).toEqual(['https://safe.example/%E2%80%AEtxt.exe']);
  expect(links('https://sa\u00ADfe.example/')).toEqual(['https://safe.example/']);
  for (const host of ['münchen.example', 'пример.example', '例え.example', '日本abcテスト.example', 'مثال.example'])
    expect(links(`https://${host}/a`)).toEqual([`https://${host}/a`]);
});

test('no other scheme becomes a link, and no address that pretends to be another', () => {
  expect(links('javascript:alert(1) data:text/html,x ftp://a.example file:///etc')).toEqual([]);
  expect(links('https://bank.example@evil.example/ https://')).toEqual([]);
});

test('the pieces together are the whole text, whatever it contains, and the time grows only with its length', () => {
  const long = ['a.', 'a@', 'https://', 'a.example/(', 'http://a', '((', 'a-'].map((part) => part.repeat(4_000));
  for (const text of [
    '',
    'https://',
    'a\nb https://x.example\nc',
    '\u{1F642} https://ä.example/ü',
    'http://http://x.example',
    ...long,
  ]) {
    expect(
      splitAtAddresses(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  }
});
