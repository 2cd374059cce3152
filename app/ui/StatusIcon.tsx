import { Check, CheckCheck, CircleAlert, Clock } from 'lucide-react';
import { classNames } from './class-names.ts';
import styles from './StatusIcon.module.css';

export type StatusLook = 'waiting' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

/** The delivery state of the person's own message, shown by shape and name; colour is only an addition. */
export function StatusIcon({ look, label }: { look: StatusLook; label: string }) {
  const Shape =
    look === 'failed'
      ? CircleAlert
      : look === 'sent'
        ? Check
        : look === 'delivered' || look === 'read'
          ? CheckCheck
          : Clock;
  return (
    <span
      className={classNames(styles.status, look === 'read' && styles.read, look === 'failed' && styles.failed)}
      title={label}
    >
      <Shape size={14} strokeWidth={look === 'read' ? 2.6 : 2} aria-hidden />
      <span className="unseen">{label}</span>
    </span>
  );
}
