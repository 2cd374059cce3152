import { CalendarDays } from 'lucide-react';
import { memo, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import type { ConversationId } from '#protocol/ids.ts';
import DateDialog from './DateDialog.tsx';
import styles from './Details.module.css';

/** Opens the dialog that asks for a day. */
export const GoToDate = memo(function GoToDate({ client, stream }: { client: Client; stream: ConversationId }) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="link" className={styles.toDate} onClick={() => setOpen(true)}>
        <CalendarDays size={18} aria-hidden />
        <span>{words('date.open')}</span>
      </Button>
      {isOpen && <DateDialog client={client} stream={stream} onClose={() => setOpen(false)} />}
    </>
  );
});
