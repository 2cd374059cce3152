import { expect, test } from 'vitest';
import { copiedTexts } from './copied-texts.ts';

const items = ['one', 'two\nlines', '', 'four', 'five'].map((text) => ({ text, gap: 0 }));
const gapWords = (count: number) => `${count} missing`;

test('a selection over several messages is copied as their texts, including messages that are not drawn', () => {
  expect(copiedTexts(items, { first: 0, last: 4, firstPart: undefined, lastPart: undefined }, gapWords)).toBe(
    'one\ntwo\nlines\nfour\nfive',
  );
});

test('the first and the last message are copied as far as they are selected', () => {
  expect(copiedTexts(items, { first: 0, last: 3, firstPart: 'ne', lastPart: 'fo' }, gapWords)).toBe(
    'ne\ntwo\nlines\nfo',
  );
  expect(copiedTexts(items, { first: 1, last: 1, firstPart: 'wo', lastPart: 'wo' }, gapWords)).toBe('wo');
  // The selection ends in the time of the first message and before the text of the last.
  expect(copiedTexts(items, { first: 0, last: 3, firstPart: '', lastPart: '' }, gapWords)).toBe('two\nlines');
});

test('[CL20] a gap inside the selection is copied as its size, and a gap above the first message is not copied', () => {
  const gapped = items.map((item, at) => ({ ...item, gap: at === 0 ? 9 : at === 3 ? 137 : 0 }));
  expect(copiedTexts(gapped, { first: 0, last: 4, firstPart: undefined, lastPart: 'fi' }, gapWords)).toBe(
    'one\ntwo\nlines\n[137 missing]\nfour\nfi',
  );
});
