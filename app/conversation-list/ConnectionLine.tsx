import { Link } from 'wouter';
import { ConnectionBanner } from '#app/connection/ConnectionBanner.tsx';
import { useConnectionWords } from '#app/connection/use-connection-words.ts';
import { useWords, withListWords } from '#app/i18n/words.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { paths } from '#app/links/paths.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import styles from './ConversationList.module.css';

const FailedLine = lazyExtra(withListWords(() => import('./FailedLine.tsx')));

interface ConnectionLineProps {
  client: Client;
  outbox: readonly OutboxRow[];
  onSignInAgain: () => void;
}

/** The state of the connection, and the number of messages that are pending or failed. */
export function ConnectionLine({ client, outbox, onSignInAgain }: ConnectionLineProps) {
  const words = useWords();
  const sends = outbox.filter((row) => row.op.kind === 'message.send');
  const failed = sends.filter((row) => row.state === 'failed');
  // A message that the server has accepted is only missing its record.
  const pending = sends.filter((row) => row.state === 'queued' || row.state === 'sending').length;
  const line = useConnectionWords(pending);
  return (
    <>
      {line !== undefined && (
        // Chats arrive while the device catches up, and must not move when that starts and ends.
        <div className={line.kind === 'catching-up' ? styles.passing : undefined}>
          <ConnectionBanner client={client} line={line}>
            {line.kind === 'unauthorized' && (
              <Button look="link" onClick={onSignInAgain}>
                {words('signIn.button')}
              </Button>
            )}
            {pending > 0 && (line.kind === 'offline' || line.kind === 'connecting') && (
              <Link href={paths.outbox}>{words('line.failedShow')}</Link>
            )}
          </ConnectionBanner>
        </div>
      )}
      {failed.length > 0 && <FailedLine failed={failed} />}
    </>
  );
}
