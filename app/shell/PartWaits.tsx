import { useWords } from '#app/i18n/words.ts';
import styles from './Shell.module.css';

/** In the place of a part that the network still has. */
export function PartWaits() {
  const words = useWords();
  return (
    <p role="status" className={styles.waits}>
      {words('part.waits')}
    </p>
  );
}
