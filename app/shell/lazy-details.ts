import { withAllWords } from '#app/i18n/words.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';

/** In the chat's chunk, which needs it, and not in the list's, which would wait for it. */
export const Details = lazyComponent(withAllWords(() => import('#app/details/Details.tsx')));
