import { CloudOff, KeyRound, RefreshCw, TriangleAlert } from 'lucide-react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { paths } from '#app/links/paths.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { shownConnection } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import { REACH_PATH } from '#protocol/version.ts';
import type { ConnectionStatus } from '#app/sync/status.ts';
import type { Client } from '#app/sync/client.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { Button } from '#app/ui/Button.tsx';
import { connectionWords } from './connection-words.ts';
import styles from './ConversationList.module.css';

interface ConnectionLineProps {
  client: Client;
  outbox: readonly OutboxRow[];
  now: Date;
  onSignInAgain: () => void;
}

/** The state of the connection, and the number of messages that are pending or failed. */
export function ConnectionLine({ client, outbox, now, onSignInAgain }: ConnectionLineProps) {
  const words = useWords();
  const shown = useAppSelector(shownConnection);
  const mustSignIn = useAppSelector((state) => state.session.mustSignIn);
  const connection: ConnectionStatus = mustSignIn ? { phase: 'refused', code: 'unauthorized' } : shown;
  const { caughtUpAt, lostAt } = useAppSelector((state) => state.connection);
  const sends = outbox.filter((row) => row.op.kind === 'message.send');
  const failed = sends.filter((row) => row.state === 'failed');
  // A message that the server has accepted is only missing its record.
  const pending = sends.filter((row) => row.state === 'queued' || row.state === 'sending').length;
  const line = connectionWords({ connection, caughtUpAt, lostAt, pending, now }, words);
  const firstFailed = failed[0];
  const isOneChat = failed.every(({ stream }) => stream === firstFailed?.stream);
  return (
    <>
      {line !== undefined && (
        // Chats arrive while the device catches up, and must not move when that starts and ends.
        <div className={line.kind === 'catching-up' ? styles.passing : undefined}>
          <Banner icon={icons[line.kind]} title={line.title} body={line.body} progress={line.progress}>
            {line.kind === 'unauthorized' && (
              <Button look="link" onClick={onSignInAgain}>
                {words('signIn.button')}
              </Button>
            )}
            {line.kind === 'page' && (
              <a href={REACH_PATH} target="_blank" rel="noreferrer" className={styles.show}>
                {words('line.openPage')}
              </a>
            )}
            {pending > 0 && (line.kind === 'offline' || line.kind === 'connecting') && (
              <Link href={paths.outbox} className={styles.show}>
                {words('line.failedShow')}
              </Link>
            )}
            {line.kind === 'connecting' && (
              <Button look="link" onClick={() => client.reconnect()}>
                {words('line.tryNow')}
              </Button>
            )}
          </Banner>
        </div>
      )}
      {firstFailed !== undefined && (
        <Banner icon={<TriangleAlert size={18} />} title={words('line.failed', { count: failed.length })}>
          <Link href={isOneChat ? chatPath(firstFailed.stream) : paths.outbox} className={styles.show}>
            {words('line.failedShow')}
          </Link>
        </Banner>
      )}
    </>
  );
}

const icons = {
  offline: <CloudOff size={18} />,
  connecting: <RefreshCw size={18} />,
  page: <KeyRound size={18} />,
  'catching-up': <RefreshCw size={18} />,
  unauthorized: <KeyRound size={18} />,
  upgrade: <RefreshCw size={18} />,
};
