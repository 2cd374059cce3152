import { i18n } from '@lingui/core';
import { useLingui } from '@lingui/react';
import { english, type Catalogue, type MessageKey } from './english.ts';
import type { Message } from './message.ts';

export type { MessageKey } from './english.ts';

export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;
export type Words = (key: MessageKey, values?: Record<string, string | number>) => string;

const later: Partial<Record<Language, () => Promise<Catalogue>>> = {
  de: async () => (await import('./german.ts')).german,
};

/** The language asked for, else the first of the browser's that there is a catalogue for. */
export function chooseLanguage(asked: string | undefined, preferred: readonly string[]): Language {
  const wanted = [asked, ...preferred].map((tag) => tag?.split('-')[0]?.toLowerCase());
  const found = wanted.find((tag): tag is Language => tag !== undefined && Object.hasOwn(languages, tag));
  return found ?? 'en';
}

/** Loads a catalogue and shows it everywhere; `html lang` follows for readers and spelling. Rejects where it can't be fetched. [A18] */
export async function activateLanguage(language: Language): Promise<void> {
  const catalogue: Record<string, Message> = (await later[language]?.()) ?? english;
  i18n.loadAndActivate({ locale: language, messages: Object.fromEntries(Object.entries(catalogue).map(compiled)) });
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}

/** A plain text is a list of one: lingui takes a bare string for a source text, and complains of each at every use. */
function compiled([key, message]: [string, Message]): [string, Exclude<Message, string>] {
  return [key, typeof message === 'string' ? [message] : message];
}

export const words: Words = (key, values) => i18n._(key, values);

/** The words of the present language; the component renders again when it changes. */
export function useWords(): Words {
  useLingui();
  return words;
}

export function locale(): string {
  return i18n.locale === '' ? 'en' : i18n.locale;
}
