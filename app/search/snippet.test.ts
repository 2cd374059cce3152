import { expect, test } from 'vitest';
import { searchedWords } from '#protocol/search-words.ts';
import { snippetOf } from './snippet.ts';

const marked = (text: string, query: string) => {
  const { before, match, after } = snippetOf(text, searchedWords(query));
  return `${before}[${match}]${after}`;
};

test('[ask 29] the part of a text around the first match is shown, and the match is marked as it was written', () => {
  expect(marked('Meet at the Straße\n corner', 'strass')).toBe('Meet at the [Straß]e corner');
  expect(marked('Zwirnfäden', 'ZWIRNFAD')).toBe('[Zwirnfäd]en');
  expect(marked('cafe\u0301s are open', 'cafe')).toBe('[cafe\u0301]s are open');
  expect(marked('明日は東京駅で', '東京')).toBe('明日は[東京]駅で');
  expect(marked('no such word', 'other')).toBe('[]no such word');
});

test('[ask 29] a match far into a text is near the start of what is shown', () => {
  const text = `${'and on '.repeat(60)}the lighthouse stands ${'and on '.repeat(60)}`;
  const shown = marked(text, 'lighth');
  expect(shown.startsWith('…')).toBe(true);
  expect(shown.indexOf('[lighth]ouse')).toBeLessThan(30);
  expect(shown.length).toBeLessThan(180);
});
