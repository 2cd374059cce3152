import { Flag } from 'lucide-react';
import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { ReportDialog } from '#app/reports/lazy-report-dialog.ts';
import { isShownConnected } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { directStream, type ConversationId, type UserId } from '#protocol/ids.ts';
import styles from './Details.module.css';

interface ReportButtonProps {
  client: Client;
  /** A person, or a group by its stream. */
  about: { person: UserId } | { group: ConversationId };
  name: string;
}

/** Reports a person or a group to the administrator. [RP1] */
export function ReportButton({ client, about, name }: ReportButtonProps) {
  const words = useWords();
  const isConnected = useAppSelector(isShownConnected);
  const { store, outbox } = client;
  const [isOpen, setOpen] = useState(false);
  const subject =
    'group' in about
      ? { stream: about.group }
      : { stream: directStream(store.userId, about.person), person: { id: about.person, name } };
  return (
    <>
      <Button look="link" className={styles.leave} onClick={() => setOpen(true)}>
        <Flag size={18} aria-hidden />
        <span>{words('menu.report')}</span>
      </Button>
      {isOpen && (
        <ReportDialog
          store={store}
          outbox={outbox}
          {...subject}
          name={name}
          isConnected={isConnected}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
