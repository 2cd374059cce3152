import { CalendarClock } from 'lucide-react';
import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { shownScheduled } from '#app/shown/scheduled.ts';
import type { NamedPerson } from '#app/shown/mentions.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import styles from './Scheduled.module.css';

const ScheduledDialog = lazyExtra(() => import('./ScheduledDialog.tsx'));

interface ScheduledBarProps {
  held: readonly ScheduledMessage[];
  /** The chat's. */
  outbox: readonly OutboxRow[];
  people: readonly NamedPerson[];
}

/** How many messages of this chat wait for their time. A press shows them. */
export default function ScheduledBar({ held, outbox, people }: ScheduledBarProps) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  const shown = shownScheduled(held, outbox);
  const failed = shown.filter(({ message }) => message.failure !== undefined).length;
  return (
    <>
      {shown.length > 0 && (
        <button type="button" className={styles.bar} aria-haspopup="dialog" onClick={() => setOpen(true)}>
          <CalendarClock size={16} aria-hidden />
          <span>{words('scheduled.count', { count: shown.length })}</span>
          {failed > 0 && <span className={styles.wrong}>{words('scheduled.failedCount', { count: failed })}</span>}
        </button>
      )}
      {isOpen && <ScheduledDialog shown={shown} people={people} onClose={() => setOpen(false)} />}
    </>
  );
}
