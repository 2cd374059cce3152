import { withAccountWords, withAllWords, withLaterWords } from '#app/i18n/words.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';

/* The panes that are one press away from the first screen. Their code is fetched ahead by `use-panes-ahead.ts`. */
export const Details = lazyComponent(withAllWords(() => import('#app/details/Details.tsx')));
export const NewChat = lazyComponent(withAllWords(() => import('#app/people/NewChat.tsx')));
export const Settings = lazyComponent(withAccountWords(withLaterWords(() => import('#app/settings/Settings.tsx'))));
