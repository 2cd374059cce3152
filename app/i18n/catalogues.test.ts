import { i18n } from '@lingui/core';
import { expect, test } from 'vitest';
import { accountEnglish } from './account-english.ts';
import { accountGerman } from './account-german.ts';
import { chatEnglish } from './chat-english.ts';
import { chatGerman } from './chat-german.ts';
import { english, type MessageKey } from './english.ts';
import { firstEnglish } from './first-english.ts';
import { firstGerman } from './first-german.ts';
import { german } from './german.ts';
import { laterEnglish } from './later-english.ts';
import { laterGerman } from './later-german.ts';
import { listEnglish } from './list-english.ts';
import { listGerman } from './list-german.ts';
import type { Message } from './message.ts';
import { activateAllWords } from './testing/all-words.fixture.ts';
import { activateLanguage, chooseLanguage, loadWords, words } from './words.ts';

const parts = [
  { reference: firstEnglish, translated: firstGerman },
  { reference: listEnglish, translated: listGerman },
  { reference: accountEnglish, translated: accountGerman },
  { reference: chatEnglish, translated: chatGerman },
  { reference: english, translated: german },
  { reference: laterEnglish, translated: laterGerman },
];
const keys = parts.flatMap(({ reference }) => Object.keys(reference)) as MessageKey[];

function names(message: Message): string[] {
  if (typeof message === 'string') return [];
  return message.flatMap((token) => (typeof token === 'string' ? [] : [token[0]])).toSorted();
}

test('every catalogue has the same keys, each with the same arguments', () => {
  for (const { reference, translated } of parts) {
    expect(Object.keys(translated).toSorted()).toEqual(Object.keys(reference).toSorted());
    const argumentsOf = (catalogue: Record<string, Message>) =>
      Object.fromEntries(Object.entries(catalogue).map(([key, message]) => [key, names(message)]));
    expect(argumentsOf(translated)).toEqual(argumentsOf(reference));
  }
  expect(new Set(keys).size).toBe(keys.length);
});

test.each(['en', 'de'] as const)('every message of %s is formatted to a text', async (language) => {
  await activateAllWords(language);
  for (const key of keys) {
    const text = i18n._(key, { count: 3, name: 'Ana', max: 100, seconds: 5, time: '12:04', done: 3, total: 20 });
    expect(text, key).not.toBe('');
    expect(text, key).not.toMatch(/[{}#]|!$|Oops/);
  }
});

test('plurals follow the language', async () => {
  await activateLanguage('en');
  expect(words('line.pending', { count: 1 })).toBe('1 message will be sent once you’re connected');
  expect(words('line.pending', { count: 3 })).toBe('3 messages will be sent once you’re connected');
  expect(words('line.catchingUp', { done: 3, total: 20 })).toBe('Catching up: 3 of 20 chats');
});

test('activating the active language again does not cause another render', async () => {
  await activateLanguage('de');
  let drawn = 0;
  const stop = i18n.on('change', () => (drawn += 1));
  await activateLanguage('de');
  expect(drawn).toBe(0);
  await activateLanguage('en');
  expect(drawn).toBe(1);
  stop();
});

test('words that are loaded later are there when they are needed, even in a language that is chosen later, and do not cause another render', async () => {
  await activateLanguage('en');
  let drawn = 0;
  const stop = i18n.on('change', () => (drawn += 1));
  await loadWords('rest');
  expect(words('settings.theme')).toBe('Theme');
  expect(drawn).toBe(0);
  await Promise.all([activateLanguage('de'), loadWords('rest')]);
  expect(words('settings.theme')).toBe(german['settings.theme']);
  expect(words('list.search')).toBe(listGerman['list.search']);
  expect(drawn).toBe(1);
  stop();
});

test('the chosen language wins, then the browser’s languages, then English', () => {
  expect(chooseLanguage('de', ['en-GB'])).toBe('de');
  expect(chooseLanguage(undefined, ['pt-BR', 'de-CH'])).toBe('de');
  expect(chooseLanguage('toString', ['pt'])).toBe('en');
});
