import { expect, test } from 'vitest';
import { copiedTexts } from './copied-texts.ts';

const items = ['one', 'two\nlines', '', 'four', 'five'].map((text) => ({ text }));

test('a selection over several messages is copied as their texts, also of those that are not drawn', () => {
  expect(copiedTexts(items, { first: 0, last: 4, firstPart: undefined, lastPart: undefined })).toBe(
    'one\ntwo\nlines\nfour\nfive',
  );
});

test('the first and the last message are copied as far as they are selected', () => {
  expect(copiedTexts(items, { first: 0, last: 3, firstPart: 'ne', lastPart: 'fo' })).toBe('ne\ntwo\nlines\nfo');
  expect(copiedTexts(items, { first: 1, last: 1, firstPart: 'wo', lastPart: 'wo' })).toBe('wo');
  // The selection ends in the time of the first message and before the text of the last.
  expect(copiedTexts(items, { first: 0, last: 3, firstPart: '', lastPart: '' })).toBe('two\nlines');
});
