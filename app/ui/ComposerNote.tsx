import type { ReactNode } from 'react';
import styles from './ComposerNote.module.css';

interface ComposerNoteProps {
  label: string;
  icon?: ReactNode;
  /** Each line is cut where the note ends. */
  lines: ReactNode;
  /** The buttons. */
  children: ReactNode;
}

/** A note above the composer's field: what the next message replies to, or what is unfinished. */
export function ComposerNote({ label, icon, lines, children }: ComposerNoteProps) {
  return (
    <div className={styles.note} role="group" aria-label={label}>
      {icon}
      <span className={styles.lines}>{lines}</span>
      {children}
    </div>
  );
}
