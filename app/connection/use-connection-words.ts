import { useWords } from '#app/i18n/words.ts';
import { shownConnection } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { ConnectionStatus } from '#app/sync/status.ts';
import { useNow } from '#app/ui/use-now.ts';
import { connectionWords, type ConnectionWords } from './connection-words.ts';

/** The state of the connection as the screen shows it; undefined while online. `pending`: how many messages wait to be sent. */
export function useConnectionWords(pending: number): ConnectionWords | undefined {
  const words = useWords();
  const now = useNow();
  const shown = useAppSelector(shownConnection);
  const mustSignIn = useAppSelector((state) => state.session.mustSignIn);
  const connection: ConnectionStatus = mustSignIn ? { phase: 'refused', code: 'unauthorized' } : shown;
  const { caughtUpAt, lostAt } = useAppSelector((state) => state.connection);
  return connectionWords({ connection, caughtUpAt, lostAt, pending, now }, words);
}
