import { withAccountWords, withAllWords, withLaterWords } from '#app/i18n/words.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';

/* The panes that are one press away from the list. `panes-ahead.ts` fetches their code in advance. */
export const NewChat = lazyComponent(withAllWords(() => import('#app/people/NewChat.tsx')));
export const Settings = lazyComponent(withAccountWords(withLaterWords(() => import('#app/settings/Settings.tsx'))));
