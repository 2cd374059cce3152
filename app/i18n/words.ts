import { i18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import { english, type Catalogue, type MessageKey } from './english.ts';
import { isolated } from './isolate.ts';
import type { Message } from './message.ts';

export type { MessageKey } from './english.ts';

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;
export type Words = (key: MessageKey, values?: Record<string, string | number>) => string;

const lazyCatalogues: Partial<Record<Language, () => Promise<Catalogue>>> = {
  de: async () => (await import('./german.ts')).german,
};

/** The chosen language, otherwise the first of the browser's languages that has a catalogue. */
export function chooseLanguage(asked: string | undefined, preferred: readonly string[]): Language {
  const wanted = [asked, ...preferred].map((tag) => tag?.split('-')[0]?.toLowerCase());
  const found = wanted.find((tag): tag is Language => tag !== undefined && Object.hasOwn(languages, tag));
  return found ?? 'en';
}

/** Loads and activates a catalogue, and sets `html lang` for screen readers and spell checkers. Rejects if it cannot be fetched. [A18] */
export async function activateLanguage(language: Language): Promise<void> {
  // Everything on the screen is drawn again for an activation.
  if (i18n.locale === language) return;
  const catalogue: Record<string, Message> = (await lazyCatalogues[language]?.()) ?? english;
  i18n.loadAndActivate({ locale: language, messages: Object.fromEntries(Object.entries(catalogue).map(compiled)) });
  if (typeof document !== 'undefined') document.documentElement.lang = language;
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
