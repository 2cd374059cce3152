import { classNames } from './class-names.ts';
import styles from './Badge.module.css';

/** A count that waits: ember, or grey where it is muted. Above 99 the number says no more. */
export function Badge({ count, isQuiet = false }: { count: number; isQuiet?: boolean }) {
  return (
    <span aria-hidden className={classNames(styles.badge, isQuiet && styles.quiet)}>
      {count > 99 ? '99+' : count}
    </span>
  );
}
