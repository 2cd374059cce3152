import { beforeAll, expect, test } from 'vitest';
import { activateAllWords } from '#app/i18n/testing/all-words.fixture.ts';
import { words } from '#app/i18n/words.ts';
import { quotedAs } from './quoted.ts';

beforeAll(() => activateAllWords());

const nameOf = () => 'Eve';
const message = { senderId: 'eve', text: 'an\ninsult', isDeleted: false, attachments: [] };

test('a quote says who wrote the message and how it starts, or that it was deleted', () => {
  expect(quotedAs(message, nameOf, words)).toEqual({ who: 'Eve', text: 'an insult' });
  expect(quotedAs({ ...message, text: '', isDeleted: true }, nameOf, words)).toEqual({
    who: 'Eve',
    text: 'Message deleted',
  });
});

test('[BL5] a quote of a blocked person’s message says that it is hidden, not that it was deleted', () => {
  const hidden = { ...message, text: '', isDeleted: true, isWithheld: true } as const;
  expect(quotedAs(hidden, nameOf, words)).toEqual({ who: '', text: 'Hidden: you blocked Eve' });
});
