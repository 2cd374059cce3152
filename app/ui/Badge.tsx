import { classNames } from './class-names.ts';
import styles from './Badge.module.css';

/** An unread count: ember, or grey for muted chats. Above 99 it shows 99+, and for a chat that was marked as unread a dot. */
export function Badge({ count, isQuiet = false }: { count: number; isQuiet?: boolean }) {
  return (
    <span aria-hidden className={classNames(styles.badge, isQuiet && styles.quiet, count === 0 && styles.dot)}>
      {count > 99 ? '99+' : count > 0 && count}
    </span>
  );
}
