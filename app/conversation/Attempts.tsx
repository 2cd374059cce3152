import { exactTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import type { Attempt } from '#app/local-store/local-store.ts';
import { reasonOf } from '#app/shown/failures.ts';
import { useNow } from '#app/ui/use-now.ts';
import styles from './Attempts.module.css';

interface AttemptsProps {
  /** How many attempts there were. */
  count: number;
  /** The last of the attempts. */
  tries: readonly Attempt[];
  /** The state of an attempt without an error: in progress, or accepted by the server. */
  last: 'underWay' | 'accepted';
}

/** When each attempt to send something started, and how it ended. */
export function Attempts({ count, tries, last }: AttemptsProps) {
  const words = useWords();
  const now = useNow();
  const earlier = count - tries.length;
  return (
    <ol className={styles.attempts}>
      {earlier > 0 && <li>{words('info.earlier', { count: earlier })}</li>}
      {tries.map(({ at, error }, nth) => (
        <li key={`${nth} ${at}`}>
          <b>{`${words('info.attempt', { number: Math.max(0, earlier) + nth + 1 })} `}</b>
          <time dateTime={at}>{exactTime(new Date(at), now)}</time>
          <span className={styles.end}>
            {error === undefined
              ? words(`info.${last}`)
              : error === 'no_answer'
                ? words('info.noAnswer')
                : words(`reason.${reasonOf({ code: error, message: '' })}`)}
          </span>
        </li>
      ))}
    </ol>
  );
}
