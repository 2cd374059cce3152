import { withAccountWords, withAllWords, withLaterWords } from '#app/i18n/words.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';

/* What is one press away from the list. `panes-ahead.ts` fetches the code before that. */
export const NewChat = lazyComponent(withAllWords(() => import('#app/people/NewChat.tsx')));
export const Settings = lazyComponent(withAccountWords(withLaterWords(() => import('#app/settings/Settings.tsx'))));
