import { withLaterWords } from '#app/i18n/words.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';

/** Few people ever open it. */
export const ReportDialog = lazyComponent(withLaterWords(() => import('./ReportDialog.tsx')));
