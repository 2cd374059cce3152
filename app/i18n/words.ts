import { i18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import type { MessageKey } from './english.ts';
import { firstEnglish } from './first-english.ts';
import { isolated } from './isolate.ts';
import type { Message } from './message.ts';

export type { MessageKey } from './english.ts';

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;
export type Words = (key: MessageKey, values?: Record<string, string | number>) => string;

/**
 * `first`: the words of every screen; `list`: the list of chats; `account`: screens on which people sign in or prove who they
 * are; `chat`: an open chat; `later`: less frequent screens; `rest`: everything else.
 */
export type Part = 'first' | 'list' | 'account' | 'chat' | 'rest' | 'later';

const catalogues: Record<Language, Record<Part, () => Promise<Record<string, Message>>>> = {
  en: {
    first: async () => firstEnglish,
    list: async () => (await import('./list-english.ts')).listEnglish,
    account: async () => (await import('./account-english.ts')).accountEnglish,
    chat: async () => (await import('./chat-english.ts')).chatEnglish,
    rest: async () => (await import('./english.ts')).english,
    later: async () => (await import('./later-english.ts')).laterEnglish,
  },
  de: {
    first: async () => (await import('./first-german.ts')).firstGerman,
    list: async () => (await import('./list-german.ts')).listGerman,
    account: async () => (await import('./account-german.ts')).accountGerman,
    chat: async () => (await import('./chat-german.ts')).chatGerman,
    rest: async () => (await import('./german.ts')).german,
    later: async () => (await import('./later-german.ts')).laterGerman,
  },
};

/** The parts that something in use needs, besides what was loaded for it. */
const wanted = new Set<Part>(['first']);

/** The chosen language, otherwise the first of the browser's languages that has a catalogue. */
export function chooseLanguage(asked: string | undefined, preferred: readonly string[]): Language {
  const tags = [asked, ...preferred].map((tag) => tag?.split('-')[0]?.toLowerCase());
  return tags.find(isLanguage) ?? 'en';
}

function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(languages, tag);
}

/** Loads and activates a catalogue, and sets `html lang` for screen readers and spell checkers. Rejects if it cannot be fetched. [A18] */
export async function activateLanguage(language: Language): Promise<void> {
  // An activation draws everything on the screen again.
  if (i18n.locale === language) return;
  const messages = {};
  const had = new Set<Part>();
  // Another round for the parts that became wanted meanwhile.
  while (had.size < wanted.size) {
    const missing = [...wanted].filter((part) => !had.has(part));
    for (const part of missing) had.add(part);
    const loaded = await Promise.all(missing.map((part) => catalogues[language][part]()));
    Object.assign(messages, ...loaded.map(compiledAll));
  }
  i18n.loadAndActivate({ locale: language, messages });
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}

/** The parts that a loader of code names to be loaded with it, besides `first`. */
export const wordsWith = {
  withListWords: ['list'],
  withAccountWords: ['account'],
  withChatWords: ['chat'],
  withAllWords: ['chat', 'rest'],
  withLaterWords: ['chat', 'rest', 'later'],
} as const satisfies Record<string, readonly Part[]>;

/** A loader for the screens of a signed-in person: code and words are fetched at the same time. */
export function withListWords<T>(load: () => Promise<T>): () => Promise<T> {
  return withWords(load, wordsWith.withListWords);
}

/** The same for screens on which people sign in or prove who they are. */
export function withAccountWords<T>(load: () => Promise<T>): () => Promise<T> {
  return withWords(load, wordsWith.withAccountWords);
}

/** The same for an open chat. */
export function withChatWords<T>(load: () => Promise<T>): () => Promise<T> {
  return withWords(load, wordsWith.withChatWords);
}

/** The same for most other views. */
export function withAllWords<T>(load: () => Promise<T>): () => Promise<T> {
  return withWords(load, wordsWith.withAllWords);
}

/** The same for views that need the words of less frequent screens. */
export function withLaterWords<T>(load: () => Promise<T>): () => Promise<T> {
  return withWords(load, wordsWith.withLaterWords);
}

function withWords<T>(load: () => Promise<T>, parts: readonly Part[]): () => Promise<T> {
  return async () => (await Promise.all([load(), ...parts.map(loadWords)]))[0];
}

/** Loads a part of the active catalogue; each one that is activated later is loaded with that part. */
export async function loadWords(part: Part): Promise<void> {
  wanted.add(part);
  const { locale: active } = i18n;
  if (!isLanguage(active)) return;
  const messages = compiledAll(await catalogues[active][part]());
  if (i18n.locale !== active) return loadWords(part);
  // Added without a render, because nothing on the screen has used these words yet.
  Object.assign(i18n.messages, messages);
}

function compiledAll(catalogue: Record<string, Message>): Record<string, Exclude<Message, string>> {
  return Object.fromEntries(Object.entries(catalogue).map(compiled));
}

/** Wraps a plain text in a list: lingui would treat a bare string as an uncompiled message and warn at each use. */
function compiled([key, message]: [string, Message]): [string, Exclude<Message, string>] {
  return [key, typeof message === 'string' ? [message] : message];
}

/** Every text that is put into a sentence is isolated, so that it can only change its own direction. */
export const words: Words = (key, values) => i18n._(key, values === undefined ? undefined : mapped(values));

function mapped(values: Record<string, string | number>): Record<string, string | number> {
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? isolated(value) : value]),
  );
}

/** The texts of the active language; the component renders again when it changes. */
export function useWords(): Words {
  useLingui();
  return words;
}

export function locale(): string {
  return i18n.locale === '' ? 'en' : i18n.locale;
}
