import { activateLanguage, loadWords, type Language } from '#app/i18n/words.ts';

/** Activates a language with every word that it has: test files share a process, so none may count on what another has loaded. */
export async function activateAllWords(language: Language = 'en'): Promise<void> {
  await activateLanguage(language);
  await Promise.all((['first', 'list', 'account', 'chat', 'rest', 'later'] as const).map(loadWords));
}
