import { i18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import type { Catalogue, FirstCatalogue, MessageKey } from './english.ts';
import { firstEnglish } from './first-english.ts';
import { isolated } from './isolate.ts';
import type { Message } from './message.ts';

export type { MessageKey } from './english.ts';

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;
export type Words = (key: MessageKey, values?: Record<string, string | number>) => string;

interface Parts {
  /** What the first screens say. */
  first: () => Promise<FirstCatalogue>;
  /** Everything else. */
  rest: () => Promise<Catalogue>;
}

const catalogues: Record<Language, Parts> = {
  en: {
    first: async () => firstEnglish,
    rest: async () => (await import('./english.ts')).english,
  },
  de: {
    first: async () => (await import('./first-german.ts')).firstGerman,
    rest: async () => (await import('./german.ts')).german,
  },
};

/** Some part of the app is in use that needs more than the first screens' words. */
let isAllWanted = false;

/** The chosen language, otherwise the first of the browser's languages that has a catalogue. */
export function chooseLanguage(asked: string | undefined, preferred: readonly string[]): Language {
  const wanted = [asked, ...preferred].map((tag) => tag?.split('-')[0]?.toLowerCase());
  return wanted.find(isLanguage) ?? 'en';
}

function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(languages, tag);
}

/** Loads and activates a catalogue, and sets `html lang` for screen readers and spell checkers. Rejects if it cannot be fetched. [A18] */
export async function activateLanguage(language: Language): Promise<void> {
  // Everything on the screen is drawn again for an activation.
  if (i18n.locale === language) return;
  const { first, rest } = catalogues[language];
  const messages = compiledAll(await first());
  if (isAllWanted) Object.assign(messages, compiledAll(await rest()));
  i18n.loadAndActivate({ locale: language, messages });
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}

/** A loader for a part of the app that needs more words than the first screens: both are fetched at the same time. */
export function withAllWords<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    const [part] = await Promise.all([load(), loadAllWords()]);
    return part;
  };
}

/** Loads what the active catalogue has besides the first screens' words; each one that is activated later is loaded whole. */
export async function loadAllWords(): Promise<void> {
  isAllWanted = true;
  const { locale: active } = i18n;
  if (!isLanguage(active)) return;
  const rest = compiledAll(await catalogues[active].rest());
  if (i18n.locale !== active) return loadAllWords();
  // Added without a sign to whatever is on the screen: nothing there has used these words yet, so nothing has to be drawn again.
  Object.assign(i18n.messages, rest);
}

function compiledAll(catalogue: Record<string, Message>): Record<string, Exclude<Message, string>> {
  return Object.fromEntries(Object.entries(catalogue).map(compiled));
}

/** Wraps a plain text in a list: lingui would treat a bare string as an uncompiled message and warn at each use. */
function compiled([key, message]: [string, Message]): [string, Exclude<Message, string>] {
  return [key, typeof message === 'string' ? [message] : message];
}

/** Every text that is put into a sentence is isolated, so that it can only turn itself. */
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
