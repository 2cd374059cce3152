import { useWords } from '#app/i18n/words.ts';
import { StoreRefused } from '#app/local-store/refused.ts';
import type { Outbox } from '#app/sync/client.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import type { UserId } from '#protocol/ids.ts';
import { type FailedFiles, pickAgain } from './pick-again.ts';

/** Picks files of a failed message again, and says why if that did not work. */
export function usePickAgain(outbox: Outbox): (self: UserId, message: FailedFiles) => Promise<void> {
  const words = useWords();
  const notify = useNotice();
  return async (self, message) => {
    try {
      await pickAgain(self, outbox, message);
    } catch (error) {
      if (!(error instanceof StoreRefused)) throw error;
      notify(words(error.why === 'full' ? 'files.full' : 'files.unreadable'));
    }
  };
}
