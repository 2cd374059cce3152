import { expect, test } from 'vitest';
import { splitAtAddresses } from './web-addresses.ts';

const links = (text: string) => splitAtAddresses(text).flatMap((piece) => (piece.kind === 'link' ? [piece.text] : []));

test('addresses become links, and the sentence around them does not', () => {
  expect(splitAtAddresses('List is at https://harbour.example/fuses, (see http://a.example/b).')).toEqual([
    { kind: 'text', text: 'List is at ' },
    { kind: 'link', text: 'https://harbour.example/fuses', href: 'https://harbour.example/fuses' },
    { kind: 'text', text: ', (see ' },
    { kind: 'link', text: 'http://a.example/b', href: 'http://a.example/b' },
    { kind: 'text', text: ').' },
  ]);
  expect(links('https://en.example/wiki/Link_(knot)')).toEqual(['https://en.example/wiki/Link_(knot)']);
});

test('no other scheme becomes a link, and no address that pretends to be another', () => {
  expect(links('javascript:alert(1) data:text/html,x ftp://a.example file:///etc')).toEqual([]);
  expect(links('https://bank.example@evil.example/ https://')).toEqual([]);
});

test('the pieces together are the whole text, whatever it contains', () => {
  for (const text of [
    '',
    'https://',
    'a\nb https://x.example\nc',
    '\u{1F642} https://ä.example/ü',
    'http://http://x.example',
  ]) {
    expect(
      splitAtAddresses(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  }
});
