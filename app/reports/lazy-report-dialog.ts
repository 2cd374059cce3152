import { withLaterWords } from '#app/i18n/words.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';

/** Lazy, because few people ever open it. */
export const ReportDialog = lazyExtra(withLaterWords(() => import('./ReportDialog.tsx')));
