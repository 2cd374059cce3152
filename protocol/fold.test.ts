import { expect, test } from 'vitest';
import { fold, matchesName, sortedByName, wordsOf } from './fold.ts';

const names = [
  'Jean-Luc Marchand',
  'Moira O\u2019Shea',
  'K.D. Lindqvist',
  'R&B Crew',
  '🎉',
  'Łucja Nowak',
  'Søren Æbeltoft',
  'Anna Weiß',
  '王伟',
  '... !!!',
  'İpek Işık',
];
const found = (typed: string) => names.filter((name) => matchesName(name, wordsOf(typed)));

test('[HT3] a chat or a person is found by typing the name in any word order, whatever signs are in it', () => {
  for (const name of names) expect([name, found(name)]).toEqual([name, [name]]);
  const typed: Record<string, string> = {
    'jean-luc': 'Jean-Luc Marchand',
    'luc m': 'Jean-Luc Marchand',
    'marchand, jean': 'Jean-Luc Marchand',
    "o'shea": 'Moira O\u2019Shea',
    'o’shea': 'Moira O\u2019Shea',
    'k.d.': 'K.D. Lindqvist',
    'r&b': 'R&B Crew',
    '🎉\uFE0F': '🎉',
    lucja: 'Łucja Nowak',
    soren: 'Søren Æbeltoft',
    ÆBELTOFT: 'Søren Æbeltoft',
    weiss: 'Anna Weiß',
    WEIẞ: 'Anna Weiß',
    伟: '王伟',
    '...': '... !!!',
    ipek: 'İpek Işık',
    isik: 'İpek Işık',
  };
  for (const [query, name] of Object.entries(typed)) expect([query, found(query)]).toEqual([query, [name]]);
  expect(found('archand')).toEqual([]);
});

test('[HT3] names are compared without case, accents, control characters and repeated blanks', () => {
  expect(['ÅNN  Éa', 'ann\u0000ea', ' Ann\tEa ', 'A\u200bnn Ea'].map(fold)).toEqual([
    'ann ea',
    'ann ea',
    'ann ea',
    'ann ea',
  ]);
  expect(fold('ﬁ')).toBe('fi');
});

test('[HT3] ASCII text is folded in the same way alone and next to other letters', () => {
  for (let code = 0; code < 128; code++) {
    const text = `Ab${String.fromCharCode(code)}C D |`;
    expect(`${fold(text)}l`).toBe(fold(`${text}ł`));
  }
});

test('[HT3] names are sorted by the base letters of their characters', () => {
  expect(sortedByName(['Zoe', 'Łucja', 'Mia', 'Øve', 'Paul', 'Đuro', 'Eva', 'Ætna', 'Åsa'], (name) => name)).toEqual([
    'Ætna',
    'Åsa',
    'Đuro',
    'Eva',
    'Łucja',
    'Mia',
    'Øve',
    'Paul',
    'Zoe',
  ]);
});
