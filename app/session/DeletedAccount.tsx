import { futureTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import { useNow } from '#app/ui/use-now.ts';
import styles from './Account.module.css';

/** Says until when the account can be kept whose deletion has signed this device out. `deletedAfter`: ISO 8601. [AC1] */
export default function DeletedAccount({ deletedAfter }: { deletedAfter: string }) {
  const words = useWords();
  const now = useNow();
  const end = new Date(deletedAfter);
  if (end <= now) return null;
  return (
    <p role="status" className={styles.deleted}>
      {words('deletion.begun', { time: futureTime(end, now) })}
    </p>
  );
}
