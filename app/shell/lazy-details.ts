import { withAllWords } from '#app/i18n/words.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';

/** Beside the chat that needs it, and not beside the list, which would wait for it. */
export const Details = lazyComponent(withAllWords(() => import('#app/details/Details.tsx')));
