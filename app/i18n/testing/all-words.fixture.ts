import { activateLanguage, loadWords, type Language } from '#app/i18n/words.ts';

/** Activates a language with all its words. Test files share a process, so none may rely on what another one has loaded. */
export async function activateAllWords(language: Language = 'en'): Promise<void> {
  await activateLanguage(language);
  await Promise.all((['first', 'list', 'account', 'chat', 'rest', 'later'] as const).map(loadWords));
}
